using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Limits;

/// <summary>How fast one connection may send, read history and err: four numbers in the connection itself. Used by its reader only.</summary>
internal struct ConnectionRates
{
    /// <summary>A client that would have to wait longer than this is not paced but closed.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HistoryBurst = TimeSpan.FromSeconds(10); // who comes back recovers all channels at once
    private static readonly TimeSpan ErrorBurst = TimeSpan.FromMinutes(1);

    private RateGate _commands;
    private RateGate _bytes;
    private RateGate _errors;
    private RateGate _history;

    /// <summary>Charges a frame; returns how long its sender must wait before the next, and for which of its rates.</summary>
    public Pause Charge(GatewayOptions options, DateTimeOffset now, int commands, int bytes)
    {
        var forCommands = _commands.Take(now.UtcTicks, commands, options.MaxCommandsPerSecond, Burst);
        var forBytes = _bytes.Take(now.UtcTicks, bytes, options.MaxBytesPerSecond, Burst);
        return forCommands >= forBytes ? new Pause(forCommands, GatewayLimit.Commands) : new Pause(forBytes, GatewayLimit.Bytes);
    }

    /// <summary>Charges publications of history; returns how long their reader must wait before its next command.</summary>
    public Pause ChargeHistory(GatewayOptions options, DateTimeOffset now, int publications) =>
        new(_history.Take(now.UtcTicks, publications, options.MaxHistoryPublicationsPerSecond, HistoryBurst), GatewayLimit.History);

    /// <summary>Charges an error reply; false when there were too many.</summary>
    public bool TryErr(GatewayOptions options, DateTimeOffset now) =>
        _errors.TryTake(now.UtcTicks, 60, options.MaxErrorsPerMinute, ErrorBurst); // sixty, since the gate counts by the second
}
