namespace WsCluster.Tests.Hostile.Handshake;

/// <summary>Origins that look like the gateway's own, which alone is allowed by default. {host} is its host and port, {name} the host alone.</summary>
internal static class OriginCases
{
    public static IReadOnlyDictionary<string, int> All { get; } = new Dictionary<string, int>
    {
        ["http://{host}"] = 101,
        ["HTTP://{host}"] = 101,
        ["http://evil.example"] = 403,
        ["http://{name}"] = 403, // another port is another origin
        ["http://{name}:1"] = 403,
        ["http://{host}.evil.example"] = 403,
        ["http://{name}.evil.example"] = 403,
        ["http://evil.example/{host}"] = 403,
        ["http://evil.example?{host}"] = 403,
        ["http://evil.example#{host}"] = 403,
        ["http://{host}@evil.example"] = 403,
        ["http://evil.example@{host}"] = 403,
        ["http://evil{host}"] = 403,
        ["http://{host}/path"] = 403,
        ["http://{host}?query"] = 403,
        ["http://{host} http://evil.example"] = 403,
        ["http://{host}, http://evil.example"] = 403,
        ["http://evil.example, http://{host}"] = 403,
        ["{host}"] = 403,
        ["//{host}"] = 403,
        ["null"] = 403,
        ["file://"] = 403,
        ["file://{host}"] = 403,
        ["javascript:alert(1)"] = 403,
        ["data:text/html,x"] = 403,
        ["chrome-extension://{host}"] = 403,
        ["http:\\\\{host}"] = 403,
        [""] = 403,
        ["*"] = 403,
    };
}
