using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>RSV1 to RSV3 mean extensions that nobody agreed on (RFC 6455 §5.2): all seven combinations, on every kind of frame.</summary>
internal static class ReservedBitCases
{
    public static IReadOnlyDictionary<string, FrameCase> All { get; } = Enumerable.Range(1, 7).SelectMany(Of).ToDictionary(c => c.Name, c => c.Case);

    private static IEnumerable<(string Name, FrameCase Case)> Of(int rsv)
    {
        const int ProtocolError = 1002;
        var command = Frame.Publish("hunter2-payload"u8);
        yield return ($"rsv {rsv} on text", FrameCase.Fails(ProtocolError, Frame.Of(Frame.TextOpcode, command, rsv: rsv)));
        yield return ($"rsv {rsv} on binary", FrameCase.Fails(ProtocolError, Frame.Of(Frame.BinaryOpcode, command, rsv: rsv)));
        yield return ($"rsv {rsv} on ping", FrameCase.Fails(ProtocolError, Frame.Of(Frame.PingOpcode, "x"u8, rsv: rsv)));
        yield return ($"rsv {rsv} on close", FrameCase.Fails(ProtocolError, Frame.Of(Frame.CloseOpcode, [0x03, 0xE8], rsv: rsv)));
        yield return ($"rsv {rsv} on a continuation", FrameCase.Fails(
            ProtocolError, Frame.Of(Frame.TextOpcode, command.AsSpan(0, 9), final: false), Frame.Of(Frame.ContinuationOpcode, command.AsSpan(9), rsv: rsv)));
    }
}
