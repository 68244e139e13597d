using System.Security.Cryptography;
using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Authorization;

/// <summary>
/// One silo and two gateways that trust the application's published keys and ask it about channels, with a configuration
/// file of their own that tests change.
/// </summary>
public sealed class AuthorizationCluster : IAsyncLifetime
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("wscluster-authorization-").FullName, "cluster.json");
    private TestCluster? _cluster;

    internal ApplicationServer Application { get; } = new();

    internal TestCluster Cluster => _cluster!;

    /// <summary>The key that the application publishes as "first".</summary>
    internal RSA Key { get; } = RSA.Create(2048);

    public async ValueTask InitializeAsync()
    {
        File.Copy(Path.Combine(Repository.EndToEnd, "cluster.json"), _file);
        Configure(namespaces => namespaces["asked"] = JsonNode.Parse("""{"SubscribeDecision":"Proxy","PublishDecision":"Proxy"}"""));
        Application.On("/keys", _ => Tokens.KeySet(("first", Key)));
        _cluster = await TestCluster.StartAsync(silos: 1, gateways: 0);
        for (var i = 0; i < 2; i++)
        {
            await _cluster.StartGatewayAsync(
                $"WsCluster:ConfigFile={_file}",
                $"WsCluster:Tokens:Jwks:0:Url={Application.Url}/keys",
                "WsCluster:Tokens:Jwks:0:Issuer=application",
                "WsCluster:Tokens:JwksRefetchInterval=00:00:01",
                $"WsCluster:Proxy:ConnectUrl={Application.Url}/connect",
                $"WsCluster:Proxy:SubscribeUrl={Application.Url}/subscribe",
                $"WsCluster:Proxy:PublishUrl={Application.Url}/publish",
                $"WsCluster:Proxy:RpcUrl={Application.Url}/rpc");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        Application.Dispose();
        Key.Dispose();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    /// <summary>Changes the file that both gateways read, as an administrator would: a new file in place of the old one.</summary>
    internal void Configure(Action<JsonNode> change)
    {
        var settings = JsonNode.Parse(File.ReadAllText(_file))!;
        change(settings["WsCluster"]!["Channels"]!["Namespaces"]!);
        File.WriteAllText(_file + ".new", settings.ToJsonString());
        File.Move(_file + ".new", _file, overwrite: true);
    }
}
