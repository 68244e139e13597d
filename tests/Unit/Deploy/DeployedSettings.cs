using k8s.Models;
using Microsoft.Extensions.Configuration;
using System.Text;
using WsCluster.Gateway.Hosting;
using WsCluster.Grains.Hosting;

namespace WsCluster.Tests.Unit.Deploy;

/// <summary>What a container of the manifests has as its configuration.</summary>
internal static class DeployedSettings
{
    /// <summary>The options classes of the product, by the section that they are bound to.</summary>
    public static IReadOnlyDictionary<string, Type> Sections { get; } = new[] { typeof(WsClusterException), typeof(SiloHosting), typeof(GatewayOptions) }
        .SelectMany(type => type.Assembly.GetTypes())
        .Where(type => type.GetField("SectionName") is { IsLiteral: true, DeclaringType: var declaring } && declaring == type)
        .ToDictionary(type => (string)type.GetField("SectionName")!.GetRawConstantValue()!);

    /// <summary>The configuration of a pod's container: its environment, above the channels that are mounted into it.</summary>
    public static IConfiguration Of(string pod)
    {
        var spec = Manifests.Pods[pod].Spec;
        var channels = Manifests.Named<V1ConfigMap>(spec.Volumes.Single(volume => volume.ConfigMap is not null).ConfigMap.Name).Data["wscluster.json"];
        return new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(channels)))
            .AddInMemoryCollection(spec.Containers.Single().Env.Select(variable => Setting(variable.Name, variable.Value ?? "from elsewhere")))
            .Build();
    }

    /// <summary>A variable of the environment as the setting that it is read as.</summary>
    public static KeyValuePair<string, string?> Setting(string variable, string? value) =>
        new(variable.Replace("__", ":", StringComparison.Ordinal), value);
}
