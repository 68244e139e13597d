using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Configuration;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>A gateway asks the cluster for figures while a console is connected to it, and at no other time.</summary>
public sealed class ConsoleFiguresTests : IDisposable
{
    private readonly ReceivingGateway _gateway = new();
    private readonly ConsoleFigures _figures;

    public ConsoleFiguresTests() => _figures = new ConsoleFigures(
        _gateway.Channels, _gateway.Get<ChannelQuestions>(), _gateway.Get<ClusterMembership>(), _gateway.Get<IGrainFactory>(), _gateway.Time, NullLogger<ConsoleFigures>.Instance);

    public void Dispose()
    {
        _figures.Dispose();
        _gateway.Dispose();
    }

    [Fact]
    public async Task LastConsoleCloses_NobodyAsksUntilTheNext()
    {
        await _figures.StartAsync(TestContext.Current.CancellationToken);
        await PassAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(_gateway.Figures.Watched);

        var (first, second) = (await OpenAsync(), await OpenAsync());
        await AskedAsync(since: Now, times: 3);
        first.Connection.TransportEnded();
        await Wait.UntilAsync("one console to be left", () => Consoles == 1);
        await AskedAsync(since: Now, times: 3);

        second.Connection.TransportEnded();
        await Wait.UntilAsync("no console to be left", () => Consoles == 0);
        var closed = Now;
        await PassAsync(TimeSpan.FromSeconds(20));
        var opened = Now;
        await OpenAsync();
        await AskedAsync(since: opened, times: 1);

        Assert.DoesNotContain(_gateway.Figures.Watched, at => at > closed && at < opened);
        await _figures.StopAsync(TestContext.Current.CancellationToken);
    }

    private DateTimeOffset Now => _gateway.Time.GetUtcNow();

    private int Consoles => _gateway.Channels.Find(ConsoleChannel.Name)?.Count ?? 0;

    private async Task<TestClient> OpenAsync()
    {
        var console = _gateway.Connect();
        Assert.Equal(ErrorCode.None, await console.SubscribeAsync(channel: ConsoleChannel.Name, options: ConsoleChannel.Options));
        return console;
    }

    private Task AskedAsync(DateTimeOffset since, int times) => _gateway.AdvanceUntilAsync(
        $"the cluster to be asked {times} times", () => _gateway.Figures.Watched.Count(at => at >= since) >= times);

    private Task PassAsync(TimeSpan time)
    {
        var end = Now + time;
        return _gateway.AdvanceUntilAsync($"{time} to pass", () => Now >= end);
    }
}
