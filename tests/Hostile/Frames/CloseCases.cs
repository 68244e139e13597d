using System.Text;
using WsCluster.Tests.Hostile.Harness;
using static WsCluster.Tests.Hostile.Frames.FrameCase;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>The closing handshake (RFC 6455 §5.5.1 and §7.4): the client's code comes back, a wrong one is an error.</summary>
internal static class CloseCases
{
    private const int ProtocolError = 1002;
    private static readonly int[] Valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3501, 3999, 4000, 4999];
    private static readonly int[] Invalid = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = Cases();

    private static Dictionary<string, FrameCase> Cases()
    {
        var cases = new Dictionary<string, FrameCase>
        {
            ["without a code"] = Fails(1000, Frame.Of(Frame.CloseOpcode, [])),
            ["half a code"] = Fails(ProtocolError, Frame.Of(Frame.CloseOpcode, [0x03])),
            ["a reason"] = Fails(1000, Frame.Close(1000, "bye")),
            ["the longest reason"] = Fails(1000, Frame.Close(1000, new string('x', 123))),
            ["a reason that is too long"] = Fails(ProtocolError, Frame.Close(1000, new string('x', 124))),
            ["a reason of 64 KiB"] = Fails(ProtocolError, Frame.Close(1000, new string('x', 65_000))),
            ["a reason that is not UTF-8"] = Fails(ProtocolError, Frame.Of(Frame.CloseOpcode, Frame.ClosePayload(1000, [0xC3, 0x28]))),
            ["a reason with half a character"] = Fails(ProtocolError, Frame.Of(Frame.CloseOpcode, Frame.ClosePayload(1000, [0xE2, 0x82]))),
            ["in fragments"] = Fails(ProtocolError, Frame.Of(Frame.CloseOpcode, [0x03, 0xE8], final: false)),
            ["twice"] = Fails(1000, [.. Frame.Close(1000), .. Frame.Close(1001)]),
            ["a command behind it"] = Fails(1000, [.. Frame.Close(1000), .. Frame.Of(Frame.TextOpcode, Frame.Publish(Encoding.UTF8.GetBytes(HostileGateway.Marker)))]),
            ["one byte at a time"] = Fails(1001, [.. Frame.Close(1001, "bye").Select(b => new[] { b })]),
            ["a megabyte behind it"] = Fails(1000, Frame.Close(1000), new byte[1_000_000]),
        };
        foreach (var code in Valid)
        {
            cases[$"code {code}"] = Fails(code, Frame.Close(code));
        }

        foreach (var code in Invalid)
        {
            cases[$"code {code}, which must not be sent"] = Fails(ProtocolError, Frame.Close(code));
        }

        return cases;
    }
}
