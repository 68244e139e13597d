using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Grains.Hosting;

/// <summary>A namespace that lets an authorizer decide needs one in the silo.</summary>
internal sealed class AuthorizerRules(IServiceProviderIsService services) : IValidateOptions<ChannelNamespaces>
{
    public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
    {
        if (services.IsService(typeof(IChannelAuthorizer)))
        {
            return ValidateOptionsResult.Success;
        }

        var problems = options.All().SelectMany(entry => new[]
        {
            Problem(entry.Path, nameof(ChannelOptions.SubscribeDecision), entry.Options.SubscribeDecision),
            Problem(entry.Path, nameof(ChannelOptions.PublishDecision), entry.Options.PublishDecision),
        }).OfType<string>().ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static string? Problem(string path, string option, ChannelDecision decision) =>
        decision == ChannelDecision.Authorizer ? $"{path}:{option} is Authorizer, but the silo has none: register one with AddChannelAuthorizer." : null;
}
