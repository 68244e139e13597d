namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>Clients behind HAProxy.</summary>
[Collection(ProxyCluster.Collection)]
public sealed class HAProxyTests(ProxyCluster cluster, HAProxyServer proxy) : ProxyTests(cluster, proxy), IClassFixture<HAProxyServer>;

/// <summary>HAProxy with deploy/haproxy/haproxy.cfg.</summary>
public sealed class HAProxyServer(ProxyCluster cluster) : ProxyServer(cluster)
{
    internal override bool TakesWebSocketsOverHttp2 => true;

    internal override ServerProcess Start(string folder, IReadOnlyList<string> gateways)
    {
        var file = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(file, Adapt(
            "haproxy/haproxy.cfg",
            ("bind :443 ", $"bind {Address.Authority} "),
            ("bind :80\n", $"bind {PlainAddress.Authority}\n"),
            ("gateway-1:8000", gateways[0]),
            ("gateway-2:8000", gateways[1]),
            ("/etc/haproxy/wscluster.pem", Certificate.CombinedFile)));
        return ServerProcess.Start("haproxy", folder, "haproxy", ["-db", "-f", file]);
    }
}
