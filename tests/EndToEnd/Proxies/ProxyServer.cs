using System.Net;

namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>A real proxy in front of the cluster, with its configuration of the folder deploy.</summary>
public abstract class ProxyServer(ProxyCluster cluster) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wscluster-proxy-");
    private ServerProcess? _process;

    /// <summary>Where it serves TLS.</summary>
    internal Uri Address { get; } = new($"https://127.0.0.1:{FreePort.Next()}");

    /// <summary>Where it tells clients without TLS to use it.</summary>
    internal Uri PlainAddress { get; } = new($"http://127.0.0.1:{FreePort.Next()}");

    /// <summary>True when it lets WebSockets over HTTP/2 through (RFC 8441).</summary>
    internal abstract bool TakesWebSocketsOverHttp2 { get; }

    internal TestCertificate Certificate => cluster.Certificate;

    public async ValueTask InitializeAsync()
    {
        var gateways = cluster.Cluster.Gateways.Select(gateway => gateway.Address.Authority).ToList();
        _process = Start(_folder.FullName, gateways);
        using var client = new ProxyClient(this);
        await _process.WaitUntilAsync("it answered", async () => await client.TryGetStatusAsync("/") == HttpStatusCode.NotFound);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
            await _process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts it; what it writes goes into the folder.</summary>
    internal abstract ServerProcess Start(string folder, IReadOnlyList<string> gateways);

    /// <summary>The configuration of the folder deploy for this machine: each text must be there and is replaced.</summary>
    internal static string Adapt(string file, params (string Text, string Replacement)[] changes)
    {
        var configuration = File.ReadAllText(Path.Combine(Repository.Root, "deploy", file));
        foreach (var (text, replacement) in changes)
        {
            Assert.Contains(text, configuration, StringComparison.Ordinal);
            configuration = configuration.Replace(text, replacement, StringComparison.Ordinal);
        }

        return configuration;
    }
}
