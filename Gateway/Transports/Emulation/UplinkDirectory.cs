using WsCluster.Routing;

namespace WsCluster.Gateway.Transports.Emulation;

/// <summary>
/// Where the sessions of the other gateways are. Known nodes cost no call; an unknown one is looked up in the cluster's
/// directory, and requests that come while a look-up waits share the next one, so that made-up nodes cannot multiply calls.
/// </summary>
internal sealed class UplinkDirectory(IGrainFactory grains, TimeProvider time) : IDisposable
{
    /// <summary>A node that the directory has not named for so long is forgotten; a directory that just moved knows few at first.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Dictionary<string, (IEmulationUplink Uplink, long SeenAt)> _known = []; // replaced whole
    private long _readAt = long.MinValue; // under _reading

    /// <summary>What takes the frames of a node's sessions, or null when no such node lives.</summary>
    public async Task<IEmulationUplink?> FindAsync(string node)
    {
        if (_known.TryGetValue(node, out var known))
        {
            return known.Uplink;
        }

        var asked = time.GetTimestamp();
        await _reading.WaitAsync();
        try
        {
            if (_readAt < asked) // else the look-up that just ended began after the question
            {
                await ReadAsync();
            }
        }
        finally
        {
            _reading.Release();
        }

        return _known.TryGetValue(node, out known) ? known.Uplink : null;
    }

    public void Dispose() => _reading.Dispose();

    private async Task ReadAsync()
    {
        var began = time.GetTimestamp();
        var gateways = await grains.Find<IGatewayDirectoryGrain>(IGatewayDirectoryGrain.Key).GetGatewaysAsync();
        var known = _known.Where(node => time.GetElapsedTime(node.Value.SeenAt, began) < Memory).ToDictionary();
        foreach (var gateway in gateways)
        {
            if (gateway.Emulation is { } emulation)
            {
                known[emulation.Node] = (emulation.Uplink, began);
            }
        }

        _known = known;
        _readAt = began;
    }
}
