using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Grains.Hosting;
using WsCluster.Grains.Hosting.Membership;

namespace WsCluster.Tests.Unit.Hosting;

/// <summary>A silo that was told to stop ends, one way or the other.</summary>
public sealed class StopDeadlineTests : IDisposable
{
    private static readonly TimeSpan HostTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Limit = HostTimeout + StopDeadline.Grace;

    private readonly FakeTimeProvider _time = new();
    private readonly Lifetime _lifetime = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _lifetime.Dispose();

    [Fact]
    public async Task StopThatHangs_EndsTheProcess()
    {
        await StartAsync();
        _lifetime.StopApplication();

        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(_exit.Task.IsCompleted);

        await PassAsync();
        Assert.Equal(SiloFitness.StopUnfinishedExitCode, await _exit.Task);
    }

    [Fact]
    public async Task StopThatEnds_IsLeftAlone()
    {
        await StartAsync();
        _lifetime.StopApplication();
        _lifetime.Stopped();
        await PassAsync();
        Assert.False(_exit.Task.IsCompleted);
    }

    [Fact]
    public async Task SiloThatRuns_GoesOn()
    {
        await StartAsync();
        await PassAsync();
        Assert.False(_exit.Task.IsCompleted);
    }

    /// <summary>Lets time pass in steps: what one of them wakes may wait again.</summary>
    private async Task PassAsync()
    {
        for (var second = 0; second < 3 * Limit.TotalSeconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }
    }

    private Task StartAsync() =>
        new StopDeadline(
            _lifetime,
            Options.Create(new HostOptions { ShutdownTimeout = HostTimeout }),
            new SiloFitness(_exit.SetResult),
            _time,
            NullLogger<StopDeadline>.Instance).StartAsync(CancellationToken.None);

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly CancellationTokenSource _stopped = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => _stopped.Token;

        public void StopApplication() => _stopping.Cancel();

        public void Stopped() => _stopped.Cancel();

        public void Dispose()
        {
            _stopping.Dispose();
            _stopped.Dispose();
        }
    }
}
