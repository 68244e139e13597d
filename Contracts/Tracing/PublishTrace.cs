using System.Diagnostics;
using System.Reflection;

namespace WsCluster.Tracing;

/// <summary>
/// The way of a publication as spans of the source <c>WsCluster</c>: publish, channel, outbox, deliver, write. Between processes and through
/// batches only the context of a sampled publication travels, as <see cref="ContextBytes"/> bytes; all others carry a null.
/// </summary>
internal static class PublishTrace
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "WsCluster";

    /// <summary>The step that begins a trace.</summary>
    public const string FirstStep = "publish";

    /// <summary>What a context takes: a trace id and a span id.</summary>
    public const int ContextBytes = 24;

    private const int TraceIdBytes = 16;

    private static readonly ActivitySource Source = new(
        SourceName, typeof(PublishTrace).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    /// <summary>Begins the trace of a client's publication; null when nobody listens or it is not sampled.</summary>
    public static Activity? Begin(string channel)
    {
        var span = Source.HasListeners() ? Source.StartActivity(FirstStep, ActivityKind.Producer) : null;
        span?.SetTag("wscluster.channel", channel);
        return span;
    }

    /// <summary>The next step of a traced publication; null for one that is not.</summary>
    public static Activity? Continue(string step, byte[]? context, string channel)
    {
        if (context is null)
        {
            return null;
        }

        var span = Source.StartActivity(step, ActivityKind.Internal, Parse(context));
        span?.SetTag("wscluster.channel", channel);
        return span;
    }

    /// <summary>A step that is over; <paramref name="taken"/> is how long it took until now.</summary>
    public static void Emit(string step, byte[] context, TimeSpan taken, string tag, object? value)
    {
        var before = Activity.Current;
        using var span = Source.StartActivity(step, ActivityKind.Internal, Parse(context), startTime: DateTimeOffset.UtcNow - taken);
        span?.SetTag(tag, value);
        span?.Stop();
        Activity.Current = before;
    }

    /// <summary>What the next step needs to know; null unless the span is sampled.</summary>
    public static byte[]? ContextOf(Activity? span)
    {
        if (span is not { Recorded: true, IdFormat: ActivityIdFormat.W3C })
        {
            return null;
        }

        var context = new byte[ContextBytes];
        span.TraceId.CopyTo(context.AsSpan(0, TraceIdBytes));
        span.SpanId.CopyTo(context.AsSpan(TraceIdBytes));
        return context;
    }

    private static ActivityContext Parse(ReadOnlySpan<byte> context) => context.Length == ContextBytes
        ? new ActivityContext(
            ActivityTraceId.CreateFromBytes(context[..TraceIdBytes]),
            ActivitySpanId.CreateFromBytes(context[TraceIdBytes..]),
            ActivityTraceFlags.Recorded,
            isRemote: true)
        : default;
}
