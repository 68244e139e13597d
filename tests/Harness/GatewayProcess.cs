namespace WsCluster.Tests.Harness;

/// <summary>One gateway, of a cluster or in embedded mode.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private GatewayProcess(ServerProcess process, Uri address)
    {
        Process = process;
        Address = address;
    }

    public ServerProcess Process { get; }

    /// <summary>Its HTTP address.</summary>
    public Uri Address { get; }

    /// <summary>Where clients connect.</summary>
    public Uri WebSocketAddress => new($"ws://{Address.Authority}/connection/websocket");

    /// <summary>Starts one and waits until it is ready. Settings are written as on the command line, without dashes.</summary>
    public static Task<GatewayProcess> StartAsync(string name, params string[] settings) =>
        Retry.OnOtherPortsAsync(() => StartAtAsync(name, AnyAddress(), settings));

    /// <summary>Starts one and waits until it listens, whether there is a silo or not.</summary>
    public static Task<GatewayProcess> StartListeningAsync(string name, params string[] settings) =>
        Retry.OnOtherPortsAsync(() => StartAtAsync(name, AnyAddress(), "it listened", Health.IsLiveAsync, settings));

    /// <summary>Starts one that has the operator's side at an address of its own, and waits until it is ready there.</summary>
    public static Task<GatewayProcess> StartWithInsideAsync(string name, Uri inside, params string[] settings) => StartAtAsync(
        name, AnyAddress(), "it was ready", _ => Health.IsReadyAsync(inside), [$"WsCluster:Gateway:InternalUrls={inside}", .. settings]);

    /// <summary>Starts one at this address, where another one may have been before, and waits until it is ready.</summary>
    public static Task<GatewayProcess> StartAtAsync(string name, Uri address, params string[] settings) =>
        StartAtAsync(name, address, "it was ready", Health.IsReadyAsync, settings);

    /// <summary>Starts one without Redis: embedded mode, on ports that no other process has.</summary>
    public static Task<GatewayProcess> StartEmbeddedAsync(params string[] settings) => Retry.OnOtherPortsAsync(() =>
        StartAsync("embedded", [$"WsCluster:Silo:Port={FreePort.Next()}", $"WsCluster:Silo:GatewayPort={FreePort.Next()}", .. settings]));

    /// <summary>Starts the program with exactly these arguments and waits for nothing.</summary>
    public static ServerProcess Launch(string name, IEnumerable<string> arguments) =>
        ServerProcess.StartDotnet(name, "Gateway", "WsCluster.Gateway.dll", arguments);

    /// <summary>Fails when the gateway logged an error: bad clients must not cause any.</summary>
    public void AssertNoErrors()
    {
        var errors = Process.Lines.Where(l =>
            l.Contains(" fail: ", StringComparison.Ordinal)
            || l.Contains(" crit: ", StringComparison.Ordinal)
            || l.Contains("Unhandled exception", StringComparison.Ordinal));
        if (errors.Any())
        {
            throw new InvalidOperationException($"{Process.Name} logged errors:\n{string.Join('\n', errors)}");
        }

        if (Process.HasExited)
        {
            throw new InvalidOperationException($"{Process.Name} ended:\n{Process.Tail(40)}");
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static Uri AnyAddress() => new($"http://127.0.0.1:{FreePort.Next()}");

    private static async Task<GatewayProcess> StartAtAsync(
        string name, Uri address, string what, Func<Uri, Task<bool>> condition, string[] settings)
    {
        var gateway = new GatewayProcess(Launch(name, ["--urls", address.ToString(), .. settings.Select(s => $"--{s}")]), address);
        try
        {
            await gateway.Process.WaitUntilAsync(what, () => condition(address));
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }

        return gateway;
    }
}
