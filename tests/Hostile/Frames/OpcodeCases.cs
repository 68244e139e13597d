using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>Opcodes that no version of the protocol has (RFC 6455 §5.2): empty, with content, and inside a message.</summary>
internal static class OpcodeCases
{
    private static readonly int[] Reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = Reserved.SelectMany(Of).ToDictionary(c => c.Name, c => c.Case);

    private static IEnumerable<(string Name, FrameCase Case)> Of(int opcode)
    {
        const int ProtocolError = 1002;
        yield return ($"opcode {opcode}, empty", FrameCase.Fails(ProtocolError, Frame.Of(opcode, [])));
        yield return ($"opcode {opcode}, with content", FrameCase.Fails(ProtocolError, Frame.Of(opcode, Frame.Publish([]))));
        yield return ($"opcode {opcode}, inside a message", FrameCase.Fails(
            ProtocolError, Frame.Of(Frame.TextOpcode, Frame.Publish([]).AsSpan(0, 5), final: false), Frame.Of(opcode, "x"u8)));
    }
}
