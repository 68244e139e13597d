using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.Hosting;

/// <summary>The rules between options, which attributes cannot say.</summary>
internal sealed class GatewayOptionsRules : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options) =>
        options.PingInterval > TimeSpan.Zero && options.PongTimeout >= options.PingInterval
            ? ValidateOptionsResult.Fail(
                $"{GatewayOptions.SectionName}:{nameof(options.PongTimeout)} is {options.PongTimeout}, but must be shorter than " +
                $"{GatewayOptions.SectionName}:{nameof(options.PingInterval)}, which is {options.PingInterval}.")
            : ValidateOptionsResult.Success;
}
