using WsCluster.Tests.Hostile.Harness;
using static WsCluster.Tests.Hostile.Frames.FrameCase;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>Messages in several frames (RFC 6455 §5.4).</summary>
internal static class FragmentCases
{
    private const int ProtocolError = 1002;
    private static readonly byte[] Command = Frame.Publish("hunter2-payload"u8);
    private static readonly byte[] Begin = Frame.Of(Frame.TextOpcode, Command.AsSpan(0, 20), final: false);
    private static readonly byte[] End = Frame.Of(Frame.ContinuationOpcode, Command.AsSpan(20));

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = new Dictionary<string, FrameCase>
    {
        ["two fragments"] = Answered(Begin, End),
        ["two fragments in one packet"] = Answered([.. Begin, .. End]),
        ["a fragment for each byte"] = Answered(EachByte()),
        ["a fragment for each byte, all in one packet"] = Answered([.. EachByte().SelectMany(b => b)]),
        ["binary in two fragments"] = Answered(Frame.Of(Frame.BinaryOpcode, Command.AsSpan(0, 20), final: false), End),
        ["an empty first fragment"] = Answered(Frame.Of(Frame.TextOpcode, [], final: false), Frame.Of(Frame.ContinuationOpcode, Command)),
        ["an empty last fragment"] = Answered(Frame.Of(Frame.TextOpcode, Command, final: false), Frame.Of(Frame.ContinuationOpcode, [])),
        ["a thousand empty fragments in between"] = Answered(
            Begin, [.. Enumerable.Repeat(Frame.Of(Frame.ContinuationOpcode, [], final: false), 1000).SelectMany(b => b)], End),
        ["a ping between fragments"] = new() { Writes = [Begin, Frame.Of(Frame.PingOpcode, "mid"u8), End], Pongs = ["mid"u8.ToArray()], Replies = 1 },
        ["pings between fragments, in one packet"] = new()
        {
            Writes = [[.. Begin, .. Frame.Of(Frame.PingOpcode, "1"u8), .. Frame.Of(Frame.PingOpcode, "2"u8), .. End]],
            Pongs = ["1"u8.ToArray(), "2"u8.ToArray()],
            Replies = 1,
        },
        ["a pong between fragments"] = Answered(Begin, Frame.Of(Frame.PongOpcode, "x"u8), End),
        ["a close between fragments"] = Fails(1000, Begin, Frame.Close(1000)),
        ["a continuation of nothing"] = Fails(ProtocolError, End),
        ["an empty continuation of nothing"] = Fails(ProtocolError, Frame.Of(Frame.ContinuationOpcode, [])),
        ["a continuation of nothing that is not the last"] = Fails(ProtocolError, Frame.Of(Frame.ContinuationOpcode, Command, final: false)),
        ["a continuation after a whole message"] = Fails(ProtocolError, Frame.Of(Frame.TextOpcode, Command), End),
        ["a text inside a message"] = Fails(ProtocolError, Begin, Frame.Of(Frame.TextOpcode, Command)),
        ["a binary inside a message"] = Fails(ProtocolError, Begin, Frame.Of(Frame.BinaryOpcode, Command)),
        ["a second beginning inside a message"] = Fails(ProtocolError, Begin, Begin),
        ["all fragments empty"] = Fails(3501, Frame.Of(Frame.TextOpcode, [], final: false), Frame.Of(Frame.ContinuationOpcode, [])), // no command at all
    };

    private static byte[][] EachByte() =>
    [
        .. Command.Select((b, i) => Frame.Of(i == 0 ? Frame.TextOpcode : Frame.ContinuationOpcode, [b], final: i == Command.Length - 1)),
    ];
}
