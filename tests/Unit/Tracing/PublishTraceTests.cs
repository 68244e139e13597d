using System.Collections.Concurrent;
using System.Diagnostics;
using WsCluster.Grains.Routing;
using WsCluster.Tracing;

namespace WsCluster.Tests.Unit.Tracing;

/// <summary>A trace goes on from step to step by what travels with the publication.</summary>
public sealed class PublishTraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public PublishTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PublishTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public void Continue_ContextOfAStep_IsItsChildInTheSameTrace()
    {
        using var first = PublishTrace.Begin("chat:1")!;
        var context = PublishTrace.ContextOf(first)!;

        using var next = PublishTrace.Continue("channel", context, "chat:1")!;

        Assert.Equal(PublishTrace.ContextBytes, context.Length);
        Assert.Equal((first.TraceId, first.SpanId), (next.TraceId, next.ParentSpanId));
        Assert.Equal("chat:1", next.GetTagItem("wscluster.channel"));
    }

    [Fact]
    public void Continue_WithoutAContext_IsNothing()
    {
        Assert.Null(PublishTrace.ContextOf(null));
        Assert.Null(PublishTrace.Continue("channel", null, "chat:1"));
    }

    [Fact]
    public void ContextOf_SpanThatIsNotSampled_IsNull()
    {
        using var span = PublishTrace.Begin("chat:1")!;
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;

        Assert.Null(PublishTrace.ContextOf(span));
    }

    [Fact]
    public void Emit_InsideAnotherSpan_LeavesThatOneCurrent()
    {
        using var current = PublishTrace.Begin("chat:1")!;

        PublishTrace.Emit("append", PublishTrace.ContextOf(current)!, TimeSpan.FromMilliseconds(5), "wscluster.group", 2);

        Assert.Same(current, Activity.Current);
        var emitted = Assert.Single(_ended, span => span.TraceId == current.TraceId && span.OperationName == "append");
        Assert.InRange(emitted.Duration.TotalMilliseconds, 4, double.MaxValue);
    }

    [Fact]
    public void Outbox_SeveralBatches_EndsTheSpansOfWhatWasAcknowledged()
    {
        using var first = PublishTrace.Begin("a")!;
        using var second = PublishTrace.Begin("b")!;
        var traces = new OutboxTraces(TimeProvider.System);
        traces.TryQueue(PublishTrace.ContextOf(first)!, 100);
        traces.TryQueue(PublishTrace.ContextOf(second)!, 250);

        traces.Taken(100);
        traces.Acknowledged("g1");
        Assert.Equal((1, 0), (EndedOutboxes(first), EndedOutboxes(second)));

        traces.Taken(150);
        Assert.Equal(0, EndedOutboxes(second));
        traces.Acknowledged("g1");
        Assert.Equal((1, 1), (EndedOutboxes(first), EndedOutboxes(second)));
    }

    public void Dispose() => _listener.Dispose();

    private int EndedOutboxes(Activity of) => _ended.Count(span => span.OperationName == "outbox" && span.ParentSpanId == of.SpanId);
}
