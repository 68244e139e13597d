using System.Text;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Publishing;
using WsCluster.Tests.Unit.Connections;

namespace WsCluster.Tests.Unit.Publishing;

public sealed class PublishPipelineTests : IDisposable
{
    private readonly PublishingCluster _cluster = new();
    private readonly RecordingTransport _transport = new();
    private readonly DeadlineClock _clock;
    private readonly PublishPipeline _pipeline;
    private TaskCompletionSource _gate = new();

    public PublishPipelineTests()
    {
        _clock = new DeadlineClock(new FakeTimeProvider(), Microsoft.Extensions.Logging.Abstractions.NullLogger<DeadlineClock>.Instance);
        var connection = new Connection(_transport, ProtocolCodecs.Json, new GatewayOptions { PingInterval = TimeSpan.Zero }, _clock);
        _pipeline = new PublishPipeline(connection, _cluster.Publisher, TestMetrics.Gateway());
        _cluster.Before = _ => _gate.Task;
    }

    public void Dispose() => _clock.Dispose();

    [Fact]
    public async Task TheFirstGoesAtOnce_TheOthersAsOneGroupBehindIt()
    {
        for (uint id = 1; id <= 5; id++)
        {
            Assert.True(_pipeline.AddAsync(PublishingCluster.Publish("a", $"{id}", id)).IsCompleted);
        }

        Assert.Equal(["a:1"], _cluster.Calls);
        _gate.SetResult();
        await _pipeline.DrainAsync();

        Assert.Equal(["a:1", "a:2,3,4,5"], _cluster.Calls);
        Assert.Equal("1 2 3 4 5", string.Join(" ", await RepliesAsync(5)));
    }

    [Fact]
    public async Task Drain_WaitsForTheReplies()
    {
        await _pipeline.AddAsync(PublishingCluster.Publish("a", "1", 1));
        var draining = _pipeline.DrainAsync();
        Assert.False(draining.IsCompleted);

        _gate.SetResult();
        await draining;

        Assert.Equal("1", string.Join(" ", await RepliesAsync(1)));
        Assert.True(_pipeline.DrainAsync().IsCompleted);
    }

    [Fact]
    public async Task AFullPipeline_LetsTheReaderWait()
    {
        var added = Enumerable.Range(1, 500).TakeWhile(id => _pipeline.AddAsync(PublishingCluster.Publish("a", $"{id}", (uint)id)).IsCompleted).Count();

        Assert.InRange(added, 100, 200);
        _gate.SetResult();
        await _pipeline.DrainAsync();
        Assert.Equal(Enumerable.Range(1, added + 1), await RepliesAsync(added + 1));
    }

    [Fact]
    public async Task ARefusal_IsRepliedInItsPlace()
    {
        _cluster.Judge = data => data == "2" ? ErrorCode.BadRequest : ErrorCode.None;
        for (uint id = 1; id <= 3; id++)
        {
            await _pipeline.AddAsync(PublishingCluster.Publish("a", $"{id}", id));
        }

        _gate.SetResult();
        await _pipeline.DrainAsync();

        var text = await TextAsync(3);
        Assert.Contains("""{"id":2,"error":{"code":107,"message":"bad request"}}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"id":3,"publish":{}}""", text, StringComparison.Ordinal);
    }

    private async Task<int[]> RepliesAsync(int count) =>
        [.. (await TextAsync(count)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32())];

    private async Task<string> TextAsync(int replies)
    {
        var text = new StringBuilder();
        while (text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length < replies)
        {
            text.Append(await _transport.NextAsync()).Append('\n');
        }

        return text.ToString();
    }
}
