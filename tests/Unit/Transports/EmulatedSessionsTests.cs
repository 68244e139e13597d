using System.Text;
using WsCluster.Gateway.Transports.Emulation;
using WsCluster.Gateway.Transports.Streams;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>Frames that come by requests, and how many may wait.</summary>
public sealed class EmulatedSessionsTests
{
    private readonly TransportOptions _options = new() { MaxUplinkBytesPerSession = 1000, MaxUplinkBytes = 1500 };
    private readonly EmulatedSessions _sessions;

    public EmulatedSessionsTests() => _sessions = new EmulatedSessions(new FixedOptions<TransportOptions>(_options), TestMetrics.Gateway());

    [Fact]
    public async Task Take_Frames_AreCarriedOutInOrderOneAtATime()
    {
        using var session = _sessions.Open(takesFrames: true);
        using var over = new CancellationTokenSource();
        var done = new List<string>();
        foreach (var text in (string[])["a", "b", "c"])
        {
            Assert.Equal(UplinkOutcome.Accepted, Send(session, Encoding.UTF8.GetBytes(text)));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.RunAsync(
            async frame =>
            {
                await Task.Yield();
                done.Add(Encoding.UTF8.GetString(frame.Span));
                if (done.Count == 3)
                {
                    await over.CancelAsync();
                }
            },
            over.Token));

        Assert.Equal(["a", "b", "c"], done);
    }

    [Fact]
    public void Take_UnknownOrEndedSession_IsRefused()
    {
        var ended = _sessions.Open(takesFrames: true);
        ended.Dispose();
        using var mute = _sessions.Open(takesFrames: false);

        Assert.Equal(UplinkOutcome.NoSession, _sessions.Take(new UplinkFrame { Session = "guessed", Data = [] }));
        Assert.Equal(UplinkOutcome.NoSession, Send(ended, []));
        Assert.Equal(UplinkOutcome.NoSession, Send(mute, []));
    }

    [Fact]
    public void Take_MoreThanOneSessionMayHold_IsRefused()
    {
        using var session = _sessions.Open(takesFrames: true);

        Assert.Equal(UplinkOutcome.Accepted, Send(session, new byte[900]));
        Assert.Equal(UplinkOutcome.Full, Send(session, new byte[900]));
    }

    [Fact]
    public void Take_MoreThanAllMayHold_IsRefusedUntilOneEnds()
    {
        var first = _sessions.Open(takesFrames: true);
        using var second = _sessions.Open(takesFrames: true);

        Assert.Equal(UplinkOutcome.Accepted, Send(first, new byte[900]));
        Assert.Equal(UplinkOutcome.Full, Send(second, new byte[900]));
        first.Dispose();
        Assert.Equal(UplinkOutcome.Accepted, Send(second, new byte[900]));
    }

    private UplinkOutcome Send(EmulatedSession session, byte[] data) => _sessions.Take(new UplinkFrame { Session = session.Id, Data = data });
}
