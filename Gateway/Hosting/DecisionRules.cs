using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Proxies;

namespace WsCluster.Gateway.Hosting;

/// <summary>A namespace that lets a proxy decide needs the proxy's address.</summary>
internal sealed class DecisionRules(IOptionsMonitor<ProxyOptions> proxy) : IValidateOptions<ChannelNamespaces>
{
    public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
    {
        var current = proxy.CurrentValue;
        var problems = options.All().SelectMany(entry => new[]
        {
            Problem(entry.Path, nameof(ChannelOptions.SubscribeDecision), entry.Options.SubscribeDecision, nameof(current.SubscribeUrl), current.SubscribeUrl),
            Problem(entry.Path, nameof(ChannelOptions.PublishDecision), entry.Options.PublishDecision, nameof(current.PublishUrl), current.PublishUrl),
        }).OfType<string>().ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static string? Problem(string path, string option, ChannelDecision decision, string key, string url) =>
        decision == ChannelDecision.Proxy && url.Length == 0 ? $"{path}:{option} is Proxy, but needs {ProxyOptions.SectionName}:{key} to be set." : null;
}
