using Microsoft.Extensions.Options;
using WsCluster.Gateway.Limits;

namespace WsCluster.Gateway.Hosting;

/// <summary>The rules between options, which attributes cannot say.</summary>
internal sealed class GatewayOptionsRules : IValidateOptions<GatewayOptions>
{
    private static readonly TimeSpan ShortestCanaryInterval = TimeSpan.FromMilliseconds(500);

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var errors = new List<string>();
        if (options.PingInterval > TimeSpan.Zero && options.PongTimeout >= options.PingInterval)
        {
            errors.Add(MustBeShorter(nameof(options.PongTimeout), options.PongTimeout, nameof(options.PingInterval), options.PingInterval));
        }

        if (options.AttemptTimeout >= options.ClusterDeadline)
        {
            errors.Add(MustBeShorter(nameof(options.AttemptTimeout), options.AttemptTimeout, nameof(options.ClusterDeadline), options.ClusterDeadline));
        }

        if (options.CanaryInterval > TimeSpan.Zero && options.CanaryInterval < ShortestCanaryInterval)
        {
            errors.Add($"{GatewayOptions.SectionName}:{nameof(options.CanaryInterval)} is {options.CanaryInterval}, but must be zero or at least {ShortestCanaryInterval}.");
        }

        errors.AddRange(options.TrustedProxies.Where(proxy => !ClientAddresses.TryParse(proxy, out _)).Select(proxy =>
            $"{GatewayOptions.SectionName}:{nameof(options.TrustedProxies)} holds '{proxy}', but must hold addresses or networks such as 10.0.0.0/8."));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static string MustBeShorter(string shorter, TimeSpan value, string longer, TimeSpan limit) =>
        $"{GatewayOptions.SectionName}:{shorter} is {value}, but must be shorter than {GatewayOptions.SectionName}:{longer}, which is {limit}.";
}
