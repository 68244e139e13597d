using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using ClusterOptions = WsCluster.Configuration.ClusterOptions;

namespace WsCluster.Grains.Hosting;

/// <summary>The rule of durability that needs to know the cluster.</summary>
internal sealed class DurabilityRules(ClusterOptions cluster) : IValidateOptions<ChannelNamespaces>
{
    public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
    {
        if (!cluster.IsEmbedded)
        {
            return ValidateOptionsResult.Success;
        }

        string[] problems =
        [
            .. options.All().Where(entry => entry.Options.IsInRedis).Select(entry =>
                $"{entry.Path}:{nameof(ChannelOptions.Durability)} is {entry.Options.Durability}, but must be Auto, None or Memory while WsCluster:Redis is not set: there is no Redis to keep history in."),
        ];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
