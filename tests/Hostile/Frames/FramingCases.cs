using WsCluster.Tests.Hostile.Harness;
using static WsCluster.Tests.Hostile.Frames.FrameCase;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>Masks, lengths and how bytes fall into packets (RFC 6455 §5.1 and §5.2).</summary>
internal static class FramingCases
{
    private const int ProtocolError = 1002;
    private static readonly byte[] Command = Frame.Publish("hunter2-payload"u8);

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = new Dictionary<string, FrameCase>
    {
        ["unmasked text"] = Fails(ProtocolError, Frame.Of(Frame.TextOpcode, Command, masked: false)),
        ["unmasked binary"] = Fails(ProtocolError, Frame.Of(Frame.BinaryOpcode, Command, masked: false)),
        // At least six bytes each: the gateway looks at a frame when it could hold its mask, and ends a shorter one with the next ping.
        ["unmasked empty texts"] = Fails(ProtocolError, [.. Enumerable.Repeat(Frame.Of(Frame.TextOpcode, [], masked: false), 3).SelectMany(b => b)]),
        ["unmasked ping"] = Fails(ProtocolError, Frame.Of(Frame.PingOpcode, "hello"u8, masked: false)),
        ["unmasked pong"] = Fails(ProtocolError, Frame.Of(Frame.PongOpcode, "hello"u8, masked: false)),
        ["unmasked close"] = Fails(ProtocolError, Frame.Of(Frame.CloseOpcode, Frame.ClosePayload(1000, [.. "bye!"u8]), masked: false)),
        ["unmasked after masked"] = Fails(ProtocolError, [.. Frame.Of(Frame.TextOpcode, Command), .. Frame.Of(Frame.TextOpcode, Command, masked: false)]),
        ["a mask of zeros"] = Answered(Frame.Of(Frame.TextOpcode, Command, mask: [0, 0, 0, 0])),
        ["a mask of ones"] = Answered(Frame.Of(Frame.TextOpcode, Command, mask: [255, 255, 255, 255])),
        ["a mask that looks like a frame"] = Answered(Frame.Of(Frame.TextOpcode, Command, mask: [0x88, 0x80, 0x81, 0x00])),
        ["a 64-bit length with its highest bit"] = Fails(ProtocolError, Frame.Of(Frame.TextOpcode, Command, claim: 1UL << 63)),
        ["a 64-bit length of all ones"] = Fails(ProtocolError, Frame.Of(Frame.TextOpcode, Command, claim: ulong.MaxValue)),
        ["binary instead of text"] = Answered(Frame.Of(Frame.BinaryOpcode, Command)),
        ["125 bytes"] = Answered(Frame.Of(Frame.TextOpcode, Frame.PublishOf(125))),
        ["126 bytes"] = Answered(Frame.Of(Frame.TextOpcode, Frame.PublishOf(126))),
        ["127 bytes"] = Answered(Frame.Of(Frame.TextOpcode, Frame.PublishOf(127))),
        ["128 bytes"] = Answered(Frame.Of(Frame.TextOpcode, Frame.PublishOf(128))),
        ["65,535 bytes"] = Answered(Frame.Of(Frame.TextOpcode, Frame.PublishOf(65_535))),
        ["one byte at a time"] = Answered([.. Frame.Of(Frame.TextOpcode, Command).Select(b => new[] { b })]),
        ["head and payload apart"] = Answered(Frame.Of(Frame.TextOpcode, Command)[..6], Frame.Of(Frame.TextOpcode, Command)[6..]),
        ["a long head, in the middle of its length"] = Answered(Frame.Of(Frame.TextOpcode, Frame.PublishOf(300))[..3], Frame.Of(Frame.TextOpcode, Frame.PublishOf(300))[3..]),
        ["two frames in one packet"] = new() { Writes = [[.. Frame.Of(Frame.TextOpcode, Command), .. Frame.Of(Frame.TextOpcode, Command)]], Replies = 2 },
        ["a hundred frames in one packet"] = new()
        {
            Writes = [[.. Enumerable.Repeat(Frame.Of(Frame.TextOpcode, Command), 100).SelectMany(b => b)]],
            Replies = 100,
        },
    };
}
