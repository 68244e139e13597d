namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>Clients behind YARP.</summary>
[Collection(ProxyCluster.Collection)]
public sealed class YarpTests(ProxyCluster cluster, YarpServer proxy) : ProxyTests(cluster, proxy), IClassFixture<YarpServer>;

/// <summary>The program of deploy/yarp with its own settings.</summary>
public sealed class YarpServer(ProxyCluster cluster) : ProxyServer(cluster)
{
    internal override bool TakesWebSocketsOverHttp2 => true;

    internal override ServerProcess Start(string folder, IReadOnlyList<string> gateways) => ServerProcess.StartDotnet(
        "yarp",
        Path.Combine("deploy", "yarp"),
        "WsCluster.Yarp.dll",
        [
            $"--Kestrel:Endpoints:Https:Url={Address}",
            $"--Kestrel:Endpoints:Http:Url={PlainAddress}",
            $"--Kestrel:Endpoints:Https:Certificate:Path={Certificate.CertificateFile}",
            $"--Kestrel:Endpoints:Https:Certificate:KeyPath={Certificate.KeyFile}",
            $"--ReverseProxy:Clusters:gateways:Destinations:gateway-1:Address=http://{gateways[0]}",
            $"--ReverseProxy:Clusters:gateways:Destinations:gateway-2:Address=http://{gateways[1]}",
        ]);
}
