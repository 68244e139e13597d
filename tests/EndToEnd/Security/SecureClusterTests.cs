using System.Net;
using System.Net.Sockets;
using System.Text;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Security;

/// <summary>
/// A cluster whose every connection has TLS: Redis by its connection string, as a user that may do no more than it must; silos
/// and gateways with certificates of one authority.
/// </summary>
public sealed class SecureClusterTests : IDisposable
{
    private const string Password = "a-password-for-redis";
    private const string Rights = "~secure/* ~wscluster* &* +@all -@admin -@dangerous +info +config|get";

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _foreign = new();

    public void Dispose()
    {
        _authority.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task Cluster_WithTlsEverywhere_DeliversAndLetsNobodyElseIn()
    {
        var tlsPort = FreePort.Next();
        var redisCertificate = _authority.Issue("redis");
        // The user that SECURITY.md shows. The harness pings as the default one.
        var users = _authority.Write("users.acl", $"""
            user wscluster on >{Password} {Rights}
            user default on nopass resetkeys resetchannels -@all +ping

            """);
        await using var redis = await RedisProcess.StartAsync(
            "--tls-port", $"{tlsPort}",
            "--tls-cert-file", redisCertificate,
            "--tls-key-file", redisCertificate,
            "--tls-ca-cert-file", _authority.File,
            "--tls-auth-clients", "no",
            "--aclfile", users);
        string[] settings =
        [
            $"WsCluster:Redis=localhost:{tlsPort},ssl=true,user=wscluster,password={Password}",
            $"WsCluster:RedisAuthorityFile={_authority.File}",
            "WsCluster:ClusterId=secure",
            $"WsCluster:ConfigFile={Path.Combine(Repository.EndToEnd, "cluster.json")}",
            "WsCluster:Gateway:AllowAnonymous=true",
        ];
        string[] own = TlsOf(_authority);
        await using var first = await SiloProcess.StartAsync("secure-silo-1", [.. settings, .. own]);
        await using var second = await SiloProcess.StartAsync("secure-silo-2", [.. settings, .. own]);
        await using var gateway = await GatewayProcess.StartAsync("secure-gateway", [.. settings, .. own]);

        foreach (var channel in new[] { "chat:secure", "durable:secure" })
        {
            await using var client = await WireClient.ConnectAsync(gateway);
            await client.SendAsync($$$"""{"id":2,"subscribe":{"channel":"{{{channel}}}"}}""");
            Assert.Null((await client.ReplyAsync(2))["error"]);
            await client.SendAsync($$$"""{"id":3,"publish":{"channel":"{{{channel}}}","data":"secret"}}""");
            Assert.Equal("secret", (string?)(await client.PublicationAsync())["data"]);
        }

        // Neither clear text nor a certificate of another authority gets an answer, at either of a silo's ports.
        Assert.Equal("", await AskInClearTextAsync(first.Place.Port));
        Assert.Equal("", await AskInClearTextAsync(first.Place.GatewayPort));
        await using var stranger = await GatewayProcess.StartListeningAsync("stranger", [.. settings, .. TlsOf(_foreign)]);
        await stranger.Process.WaitUntilAsync(
            "it was refused", () => Task.FromResult(stranger.Process.Log.Contains("The cluster is not there yet", StringComparison.Ordinal)));
        Assert.False(await Health.IsReadyAsync(stranger.Address));
        gateway.AssertNoErrors();
    }

    private static string[] TlsOf(TestAuthority authority) =>
    [
        $"WsCluster:ClusterTls:CertificateFile={authority.Issue("member")}",
        $"WsCluster:ClusterTls:AuthorityFile={authority.File}",
    ];

    /// <summary>What comes back for the beginning of a connection in clear text.</summary>
    private static async Task<string> AskInClearTextAsync(int port)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        await tcp.GetStream().WriteAsync(new byte[64]);
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        using var answer = new MemoryStream();
        try
        {
            await tcp.GetStream().CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // A reset: nothing came.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
