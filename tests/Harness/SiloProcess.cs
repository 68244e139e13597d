namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>One silo of a cluster.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private SiloProcess(ServerProcess process, Uri address)
    {
        Process = process;
        Address = address;
    }

    public ServerProcess Process { get; }

    /// <summary>Where it answers health checks.</summary>
    public Uri Address { get; }

    /// <summary>Starts one and waits until it is ready. Settings are written as on the command line, without dashes.</summary>
    public static Task<SiloProcess> StartAsync(string name, params string[] settings) => Retry.OnOtherPortsAsync(async () =>
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var process = ServerProcess.StartDotnet(name, "Silo", "WsCluster.Silo.dll",
        [
            "--urls", address.ToString(),
            $"--WsCluster:Silo:Port={FreePort.Next()}",
            $"--WsCluster:Silo:GatewayPort={FreePort.Next()}",
            "--WsCluster:Silo:AdvertisedAddress=127.0.0.1",
            .. settings.Select(s => $"--{s}"),
        ]);
        var silo = new SiloProcess(process, address);
        try
        {
            await process.WaitUntilAsync("it was ready", () => Health.IsReadyAsync(address));
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }

        return silo;
    });

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
