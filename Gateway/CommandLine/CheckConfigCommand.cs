using System.CommandLine;
using Microsoft.Extensions.Options;
using WsCluster.Behaviors;
using WsCluster.Configuration;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.ServerApi;
using WsCluster.Grains.Hosting;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>check-config</c>: everything that the start checks, without starting anything.</summary>
internal static class CheckConfigCommand
{
    /// <summary>The command.</summary>
    public static Command Create(IReadOnlyList<string> settings)
    {
        var file = new Argument<string?>("file") { Description = "A configuration file, as WsCluster:ConfigFile names it. Default: that one.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("check-config", "Checks the configuration as the start does, for gateway and silo, and connects to nothing. Exit code 1 when something is wrong.") { file };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(file) is { } path ? [.. settings, $"--{ClusterOptions.SectionName}:{nameof(ClusterOptions.ConfigFile)}={path}"] : [.. settings],
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static async Task<int> RunAsync(string[] settings, TextWriter output)
    {
        var (app, cluster) = GatewayServer.BuildUnstarted(GatewayServer.CreateBuilder(settings));
        await using var built = app;
        Validate(app.Services);
        if (!cluster.IsEmbedded)
        {
            CheckSilo(settings);
        }

        await output.WriteLineAsync(Summary(app.Services, cluster));
        foreach (var note in Notes(app.Services, cluster))
        {
            await output.WriteLineAsync($"Note: {note}");
        }

        return ExitCodes.Done;
    }

    /// <summary>In a cluster silos are processes of their own, with the same file.</summary>
    private static void CheckSilo(string[] settings)
    {
        var silo = GatewayServer.CreateBuilder(settings);
        silo.Configuration.AddSharedFile();
        silo.AddWsClusterSilo();
        foreach (var name in BehaviorsOf(silo.Configuration))
        {
            silo.Services.AddChannelBehavior<UnknownBehavior>(name);
        }

        using var host = silo.Build();
        Validate(host.Services);
    }

    /// <summary>The namespaces whose channels are the application's code, which its silos have and this program has not.</summary>
    private static IEnumerable<string> BehaviorsOf(IConfiguration configuration) =>
        configuration.GetSection($"{ChannelNamespaces.SectionName}:{nameof(ChannelNamespaces.Namespaces)}").GetChildren()
            .Where(one => bool.TryParse(one[nameof(ChannelOptions.Behavior)], out var has) && has)
            .Select(one => one.Key);

    private static void Validate(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (AggregateException several)
        {
            throw new OptionsValidationException("", typeof(object), several.Flatten().InnerExceptions.OfType<OptionsValidationException>().SelectMany(one => one.Failures).Distinct());
        }
    }

    private static string Summary(IServiceProvider services, ClusterOptions cluster)
    {
        var namespaces = services.GetRequiredService<IOptions<ChannelNamespaces>>().Value.Namespaces.Keys.Order(StringComparer.Ordinal).ToList();
        var channels = namespaces.Count == 0 ? "no namespace" : $"the namespaces {string.Join(", ", namespaces)}";
        return $"The configuration is good: {(cluster.IsEmbedded ? "embedded mode, without Redis" : $"cluster {cluster.ClusterId}")}, {channels}.";
    }

    /// <summary>What is allowed, and should be meant.</summary>
    private static IEnumerable<string> Notes(IServiceProvider services, ClusterOptions cluster)
    {
        var gateway = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var api = services.GetRequiredService<IOptions<ApiOptions>>().Value;
        var tokens = services.GetRequiredService<IOptions<TokenOptions>>().Value;
        if (!cluster.IsEmbedded && BehaviorsOf(services.GetRequiredService<IConfiguration>()).ToList() is { Count: > 0 } behaviors)
        {
            yield return $"the silos must be a program with a channel behavior for {string.Join(", ", behaviors)}.";
        }

        if (gateway.Insecure)
        {
            yield return "every client may do everything (WsCluster:Gateway:Insecure).";
        }

        if (gateway.AllowAnonymous)
        {
            yield return "clients may connect without a token (WsCluster:Gateway:AllowAnonymous).";
        }

        if (api.Insecure)
        {
            yield return "the HTTP API answers everyone without a key (WsCluster:Api:Insecure).";
        }
        else if (api.Keys.Count == 0 && !cluster.IsEmbedded)
        {
            yield return "the HTTP API refuses every call, since no key is set (WsCluster:Api:Keys).";
        }

        if (!tokens.HasKeys && !gateway.AllowAnonymous && !gateway.Insecure)
        {
            yield return "nobody can connect: no key verifies tokens (WsCluster:Tokens), and anonymous clients are not allowed.";
        }
    }

    /// <summary>Stands for the application's.</summary>
    private sealed class UnknownBehavior : ChannelBehavior;
}
