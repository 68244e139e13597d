using WsCluster.Tests.Hostile.Harness;
using static WsCluster.Tests.Hostile.Frames.FrameCase;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>Text must be UTF-8 (RFC 6455 §8.1), wherever a fragment ends.</summary>
internal static class Utf8Cases
{
    private const int InvalidPayload = 1007;

    private static readonly string[] Invalid =
    [
        "80", "BF", "8080", "C0", "C3", "C080", "C0AF", "C1BF", "C328", "E08080", "E09FBF", "E28261", "E282", "EDA080", "EDBFBF", "EDA081EDB080",
        "F0808080", "F08FBFBF", "F09F98", "F0288CBC", "F4908080", "F5808080", "F888808080", "FC8480808080", "FE", "FF", "FEFEFFFF",
    ];

    private static readonly string[] Valid =
    [
        "C3A9", "C280", "DFBF", "E0A080", "EFBFBD", "EFBFBE", "EFBFBF", "ED9FBF", "EE8080", "F0908080", "F09F9880", "F48FBFBF", "EFBBBF", "CEBAE1BDB9CF83CEBCCEB5",
    ];

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = Cases();

    private static Dictionary<string, FrameCase> Cases()
    {
        var cases = new Dictionary<string, FrameCase>();
        foreach (var hex in Invalid)
        {
            cases[$"invalid {hex}"] = Fails(InvalidPayload, Frame.Of(Frame.TextOpcode, Frame.Publish(Convert.FromHexString(hex))));
        }

        foreach (var hex in Valid)
        {
            var command = Frame.Publish(Convert.FromHexString(hex));
            var middle = command.Length - 4; // inside the character
            cases[$"valid {hex}"] = Answered(Frame.Of(Frame.TextOpcode, command));
            cases[$"valid {hex} in two fragments"] = Answered(
                Frame.Of(Frame.TextOpcode, command.AsSpan(0, middle), final: false), Frame.Of(Frame.ContinuationOpcode, command.AsSpan(middle)));
        }

        var broken = Frame.Publish([0xCE, 0xBA, 0xED, 0xA0, 0x80]);
        cases["invalid across fragments"] = Fails(
            InvalidPayload, Frame.Of(Frame.TextOpcode, broken.AsSpan(0, broken.Length - 6), final: false), Frame.Of(Frame.ContinuationOpcode, broken.AsSpan(broken.Length - 6)));
        cases["invalid in the first fragment, the rest never comes"] = Fails(InvalidPayload, Frame.Of(Frame.TextOpcode, broken, final: false));
        cases["invalid one byte at a time"] = Fails(InvalidPayload, [.. Frame.Of(Frame.TextOpcode, broken).Select(b => new[] { b })]);
        cases["nothing but a broken character"] = Fails(InvalidPayload, Frame.Of(Frame.TextOpcode, [0xC3]));
        return cases;
    }
}
