namespace WsCluster.Tests.Harness;

/// <summary>Where a silo is. A restarted one may come back to the same place.</summary>
internal sealed record SiloPlace(string Address, int HttpPort, int Port, int GatewayPort, string? NetworkNamespace = null)
{
    /// <summary>What runs there: a project, and the file that its build makes. The product's silo, unless a test has its own.</summary>
    public (string Project, string File) Program { get; init; } = ("Silo", "WsCluster.Silo.dll");

    /// <summary>Free ports of this machine.</summary>
    public static SiloPlace Local() => new("127.0.0.1", FreePort.Next(), FreePort.Next(), FreePort.Next());
}

/// <summary>One silo of a cluster.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private SiloProcess(ServerProcess process, SiloPlace place)
    {
        Process = process;
        Place = place;
    }

    public ServerProcess Process { get; }

    public SiloPlace Place { get; }

    /// <summary>The port by which the cluster knows it.</summary>
    public int Port => Place.Port;

    /// <summary>Where it answers health checks.</summary>
    public Uri Address => new($"http://{Place.Address}:{Place.HttpPort}");

    /// <summary>Starts one and waits until it is ready. Settings are written as on the command line, without dashes.</summary>
    public static Task<SiloProcess> StartAsync(string name, params string[] settings) =>
        Retry.OnOtherPortsAsync(() => StartAtAsync(name, SiloPlace.Local(), settings));

    /// <summary>Starts one at this place, where another one may have been before, and waits until it is ready.</summary>
    public static async Task<SiloProcess> StartAtAsync(string name, SiloPlace place, params string[] settings)
    {
        var process = ServerProcess.StartDotnet(
            name,
            place.Program.Project,
            place.Program.File,
            [
                "--urls", $"http://{place.Address}:{place.HttpPort}",
                $"--WsCluster:Silo:Port={place.Port}",
                $"--WsCluster:Silo:GatewayPort={place.GatewayPort}",
                $"--WsCluster:Silo:AdvertisedAddress={place.Address}",
                .. settings.Select(s => $"--{s}"),
            ],
            place.NetworkNamespace);
        var silo = new SiloProcess(process, place);
        try
        {
            await process.WaitUntilAsync("it was ready", () => Health.IsReadyAsync(silo.Address));
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }

        return silo;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
