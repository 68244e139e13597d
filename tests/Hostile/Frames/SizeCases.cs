using WsCluster.Tests.Hostile.Harness;
using static WsCluster.Tests.Hostile.Frames.FrameCase;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>Messages around and far above the largest allowed (64 KiB by default): 1009, and no memory for what is only announced.</summary>
internal static class SizeCases
{
    private const int Max = 64 * 1024;
    private const int TooBig = 1009;

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = new Dictionary<string, FrameCase>
    {
        ["the largest"] = Answered(Frame.Of(Frame.TextOpcode, Frame.PublishOf(Max))),
        ["the largest in fragments"] = Answered(Fragments(Max)),
        ["one byte more"] = Fails(TooBig, Frame.Of(Frame.TextOpcode, Frame.PublishOf(Max + 1))),
        ["one byte more in fragments"] = Fails(TooBig, Fragments(Max + 1)),
        ["ten times as much"] = Fails(TooBig, Frame.Of(Frame.TextOpcode, Frame.PublishOf(10 * Max))),
        ["ten times as much in fragments"] = Fails(TooBig, Fragments(10 * Max)),
        ["ten times as much in binary"] = Fails(TooBig, Frame.Of(Frame.BinaryOpcode, Frame.PublishOf(10 * Max))),
        ["a gigabyte announced, a little more than allowed sent"] = Fails(TooBig, Frame.Of(Frame.TextOpcode, Frame.PublishOf(2 * Max), claim: 1UL << 30)),
        ["the largest number announced"] = Fails(TooBig, Frame.Of(Frame.TextOpcode, Frame.PublishOf(2 * Max), claim: long.MaxValue)),
        ["the largest number announced by a continuation"] = Fails(
            TooBig, Frame.Of(Frame.TextOpcode, "{"u8, final: false), Frame.Of(Frame.ContinuationOpcode, Frame.PublishOf(2 * Max), claim: long.MaxValue)),
        ["fragments without an end"] = Fails(TooBig, [.. Fragments(40 * Max)[..^1]]),
        ["five hundred commands in a frame"] = new()
        {
            Writes = [Frame.Text(string.Join('\n', Enumerable.Range(1, 500).Select(i => $$$"""{"id":{{{i}}},"unsubscribe":{"channel":"c"}}""")))],
            Replies = 500,
        },
    };

    private static byte[][] Fragments(int bytes)
    {
        var chunks = Frame.PublishOf(bytes).Chunk(10_000).ToArray();
        return [.. chunks.Select((chunk, i) => Frame.Of(i == 0 ? Frame.TextOpcode : Frame.ContinuationOpcode, chunk, final: i == chunks.Length - 1))];
    }
}
