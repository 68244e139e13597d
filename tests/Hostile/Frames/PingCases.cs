using WsCluster.Tests.Hostile.Harness;
using static WsCluster.Tests.Hostile.Frames.FrameCase;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>Pings, pongs and what control frames may be (RFC 6455 §5.5).</summary>
internal static class PingCases
{
    private const int ProtocolError = 1002;
    private static readonly byte[] Longest = [.. Enumerable.Range(0, 125).Select(i => (byte)(i + 120))]; // not UTF-8
    private static readonly byte[] TooLong = new byte[126];

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = new Dictionary<string, FrameCase>
    {
        ["an empty ping"] = Ponged([], Frame.Of(Frame.PingOpcode, [])),
        ["a ping of one byte"] = Ponged([0], Frame.Of(Frame.PingOpcode, [0])),
        ["a ping of 125 bytes that are no text"] = Ponged(Longest, Frame.Of(Frame.PingOpcode, Longest)),
        ["a ping of 126 bytes"] = Fails(ProtocolError, Frame.Of(Frame.PingOpcode, TooLong)),
        ["a ping of 64 KiB"] = Fails(ProtocolError, Frame.Of(Frame.PingOpcode, new byte[65_536])),
        ["a ping that claims 64 bits of length"] = Fails(ProtocolError, Frame.Of(Frame.PingOpcode, [], claim: 1UL << 40)),
        ["a ping in fragments"] = Fails(ProtocolError, Frame.Of(Frame.PingOpcode, "a"u8, final: false), Frame.Of(Frame.ContinuationOpcode, "b"u8)),
        ["a ping one byte at a time"] = Ponged(Longest, [.. Frame.Of(Frame.PingOpcode, Longest).Select(b => new[] { b })]),
        ["a hundred pings"] = new()
        {
            Writes = [[.. Enumerable.Range(0, 100).SelectMany(i => Frame.Of(Frame.PingOpcode, [(byte)i]))]],
            Pongs = [.. Enumerable.Range(0, 100).Select(i => new[] { (byte)i })],
        },
        ["a ping between two commands"] = new()
        {
            Writes = [[.. Frame.Of(Frame.TextOpcode, Frame.Publish([])), .. Frame.Of(Frame.PingOpcode, "p"u8), .. Frame.Of(Frame.TextOpcode, Frame.Publish([]))]],
            Replies = 2,
            Pongs = ["p"u8.ToArray()],
        },
        ["an empty pong that nobody asked for"] = Ignored(Frame.Of(Frame.PongOpcode, [])),
        ["a pong of 125 bytes that nobody asked for"] = Ignored(Frame.Of(Frame.PongOpcode, Longest)),
        ["a hundred pongs"] = Ignored([.. Enumerable.Repeat(Frame.Of(Frame.PongOpcode, "x"u8), 100).SelectMany(b => b)]),
        ["a pong of 126 bytes"] = Fails(ProtocolError, Frame.Of(Frame.PongOpcode, TooLong)),
        ["a pong in fragments"] = Fails(ProtocolError, Frame.Of(Frame.PongOpcode, "a"u8, final: false)),
        ["a ping behind a close"] = Fails(1000, Frame.Close(1000), Frame.Of(Frame.PingOpcode, "late"u8)),
    };
}
