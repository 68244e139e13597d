namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>Clients behind nginx.</summary>
[Collection(ProxyCluster.Collection)]
public sealed class NginxTests(ProxyCluster cluster, NginxServer proxy) : ProxyTests(cluster, proxy), IClassFixture<NginxServer>;

/// <summary>nginx with deploy/nginx/wscluster.conf.</summary>
public sealed class NginxServer(ProxyCluster cluster) : ProxyServer(cluster)
{
    // Around the configuration: what the distribution's nginx.conf says, with all files in one folder.
    private const string Main = """
        worker_processes 2;
        daemon off;
        pid nginx.pid;
        error_log stderr;
        events { worker_connections 1024; }
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            include wscluster.conf;
        }
        """;

    internal override bool TakesWebSocketsOverHttp2 => false;

    internal override ServerProcess Start(string folder, IReadOnlyList<string> gateways)
    {
        var user = Environment.IsPrivilegedProcess ? "user root;\n" : ""; // workers that may use the folder
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), user + Main);
        File.WriteAllText(Path.Combine(folder, "wscluster.conf"), Adapt(
            "nginx/wscluster.conf",
            ("listen 443 ", $"listen {Address.Authority} "),
            ("listen 80;", $"listen {PlainAddress.Authority};"),
            ("gateway-1:8000", gateways[0]),
            ("gateway-2:8000", gateways[1]),
            ("/etc/ssl/wscluster/tls.crt", Certificate.CertificateFile),
            ("/etc/ssl/wscluster/tls.key", Certificate.KeyFile)));
        return ServerProcess.Start("nginx", folder, "nginx", ["-p", folder, "-c", "nginx.conf", "-e", "stderr"]);
    }
}
