using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Transports.Streams;
using WsCluster.Routing;

namespace WsCluster.Gateway.Transports.Emulation;

/// <summary>The sessions of this gateway's streams, found by requests that arrived here or at another gateway.</summary>
internal sealed class EmulatedSessions(IOptionsMonitor<TransportOptions> options, GatewayMetrics metrics) : IEmulationUplink
{
    private const int SecretDigits = 32; // 128 random bits: not to be guessed

    private readonly ConcurrentDictionary<string, EmulatedSession> _sessions = new(StringComparer.Ordinal);
    private long _pendingBytes;

    /// <summary>This process in connect replies: random, so that it tells nothing and never means an earlier process.</summary>
    public string Node { get; } = NewSecret();

    /// <summary>Opens a session; dispose it to end it.</summary>
    /// <param name="takesFrames">False for a client that sends nothing: its session has a name, but no request finds it.</param>
    public EmulatedSession Open(bool takesFrames)
    {
        var session = new EmulatedSession(NewSecret(), this);
        if (takesFrames)
        {
            _sessions[session.Id] = session;
        }

        return session;
    }

    /// <summary>Queues a frame for its session. Never waits.</summary>
    public UplinkOutcome Take(UplinkFrame frame)
    {
        if (!_sessions.TryGetValue(frame.Session, out var session))
        {
            return UplinkOutcome.NoSession;
        }

        var outcome = session.TryTake(frame.Data, options.CurrentValue.MaxUplinkBytesPerSession);
        if (outcome == UplinkOutcome.Full)
        {
            metrics.UplinkRefused();
        }

        return outcome;
    }

    /// <summary>Takes a frame that arrived at another gateway.</summary>
    Task<UplinkOutcome> IEmulationUplink.SendAsync(UplinkFrame frame) => Task.FromResult(Take(frame));

    /// <summary>Counts bytes that are going to wait. False when all sessions together hold too much.</summary>
    public bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _pendingBytes, bytes) > options.CurrentValue.MaxUplinkBytes)
        {
            Interlocked.Add(ref _pendingBytes, -bytes);
            return false;
        }

        metrics.UplinkQueued(bytes);
        return true;
    }

    /// <summary>Those bytes wait no longer.</summary>
    public void Release(int bytes)
    {
        Interlocked.Add(ref _pendingBytes, -bytes);
        metrics.UplinkQueued(-bytes);
    }

    /// <summary>Removes a session that ends.</summary>
    public void Forget(EmulatedSession session) => _sessions.TryRemove(session.Id, out _);

    private static string NewSecret() => RandomNumberGenerator.GetHexString(SecretDigits, lowercase: true);
}
