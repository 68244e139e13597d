using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Transports.Sockets.Reactor;

namespace WsCluster.Tests.Unit.Transports.Reactor;

public sealed class ReactorThreadTests : IDisposable
{
    private readonly ReactorThread _thread;

    public ReactorThreadTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The reactor is for Linux.");
        _thread = new ReactorThread(0, TimeProvider.System, TestMetrics.Gateway(), NullLogger.Instance);
    }

    public void Dispose() => _thread?.Dispose();

    [Fact]
    public async Task Post_FromManyThreads_DoesEverything()
    {
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await _thread.CallAsync(() => done++); // one thread: no two at a time
            }
        })));

        Assert.Equal(8000, done);
    }

    [Fact]
    public async Task Post_WorkThatThrows_LeavesTheThreadAlive()
    {
        _thread.Post(new Throwing());

        await _thread.CallAsync(() => { });
    }

    [Fact]
    public async Task Schedule_FromElsewhere_RunsTheRoundOnTheThread()
    {
        Thread? ran = null;
        var round = new ReactorCalls.Work(() => ran = Thread.CurrentThread);
        _thread.Schedule(round, TimeSpan.Zero);
        await Wait.ForAsync("the round", round.Done);

        await _thread.CallAsync(() => Assert.Same(Thread.CurrentThread, ran));
    }

    [Fact]
    public async Task TryDefer_OnTheThread_RunsBehindWhatWasPostedAndBeforeTheRound()
    {
        var order = new List<string>();
        var round = new ReactorCalls.Work(() => order.Add("round"));
        await _thread.CallAsync(() =>
        {
            _thread.Schedule(round, TimeSpan.Zero);
            Assert.True(ReactorThread.TryDefer(new ReactorCalls.Work(() => order.Add("deferred"))));
            order.Add("posted");
        });
        await Wait.ForAsync("the round", round.Done);

        Assert.Equal(["posted", "deferred", "round"], order);
    }

    [Fact]
    public void TryDefer_Elsewhere_IsFalse() => Assert.False(ReactorThread.TryDefer(new Throwing()));

    [Fact]
    public async Task Dispose_OpenConnection_ClosesIt()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, _ => Task.CompletedTask);

        _thread.Dispose();

        await Wait.ForAsync("the end", peer.Reading);
        Assert.Empty(await peer.ReceiveAllAsync());
        _thread.Post(new Throwing()); // nobody is woken: its files are closed
    }

    private sealed class Throwing : IThreadPoolWorkItem
    {
        public void Execute() => throw new InvalidOperationException("broken");
    }
}
