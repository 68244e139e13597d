using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>The rules that RFC 6455 has for servers, in nine groups, on each way in.</summary>
public sealed class FrameTests(HostileGateway gateway) : HostileTest(gateway)
{
    public static TheoryData<string, Way> FramingNames => OnEachWay(FramingCases.All);

    public static TheoryData<string, Way> PingNames => OnEachWay(PingCases.All);

    public static TheoryData<string, Way> ReservedBitNames => OnEachWay(ReservedBitCases.All);

    public static TheoryData<string, Way> OpcodeNames => OnEachWay(OpcodeCases.All);

    public static TheoryData<string, Way> FragmentNames => OnEachWay(FragmentCases.All);

    public static TheoryData<string, Way> Utf8Names => OnEachWay(Utf8Cases.All);

    public static TheoryData<string, Way> CloseNames => OnEachWay(CloseCases.All, notOverHttp2: "a megabyte behind it");

    public static TheoryData<string, Way> SizeNames => OnEachWay(SizeCases.All);

    public static TheoryData<string, Way> DeflateNames => OnEachWay(DeflateCases.All);

    [Theory, MemberData(nameof(FramingNames))]
    public Task Framing(string name, Way way) => RunAsync(FramingCases.All[name], way);

    [Theory, MemberData(nameof(PingNames))]
    public Task PingPong(string name, Way way) => RunAsync(PingCases.All[name], way);

    [Theory, MemberData(nameof(ReservedBitNames))]
    public Task ReservedBits(string name, Way way) => RunAsync(ReservedBitCases.All[name], way);

    [Theory, MemberData(nameof(OpcodeNames))]
    public Task Opcodes(string name, Way way) => RunAsync(OpcodeCases.All[name], way);

    [Theory, MemberData(nameof(FragmentNames))]
    public Task Fragmentation(string name, Way way) => RunAsync(FragmentCases.All[name], way);

    [Theory, MemberData(nameof(Utf8Names))]
    public Task Utf8(string name, Way way) => RunAsync(Utf8Cases.All[name], way);

    [Theory, MemberData(nameof(CloseNames))]
    public Task Close(string name, Way way) => RunAsync(CloseCases.All[name], way);

    [Theory, MemberData(nameof(SizeNames))]
    public Task Limits(string name, Way way) => RunAsync(SizeCases.All[name], way);

    [Theory, MemberData(nameof(DeflateNames))]
    public Task Deflate(string name, Way way) => RunAsync(DeflateCases.All[name], way);

    [Fact]
    public void Cases_AreAsManyAsPromised() => Assert.InRange(
        FramingCases.All.Count + PingCases.All.Count + ReservedBitCases.All.Count + OpcodeCases.All.Count + FragmentCases.All.Count
        + Utf8Cases.All.Count + CloseCases.All.Count + SizeCases.All.Count + DeflateCases.All.Count, 120, 1000);

    private async Task RunAsync(FrameCase frames, Way way)
    {
        using var peer = await Peer.ConnectAsync(Gateway, frames.Headers, way);
        foreach (var write in frames.Writes)
        {
            await peer.SendAsync(write);
        }

        if (frames.ClosedWith is { } code)
        {
            Assert.Equal(code, await peer.ReadCloseAsync());
            return;
        }

        // It still frames and answers as it should.
        var probe = "alive?"u8.ToArray();
        await peer.SendAsync(Frame.Of(Frame.PingOpcode, probe));
        await peer.SendAsync(Frame.Text("""{"id":900,"unsubscribe":{"channel":"none"}}"""));
        var pongs = new List<byte[]>();
        var replies = new List<string>();
        while (replies.Count == 0 || !replies[^1].StartsWith("{\"id\":900,", StringComparison.Ordinal))
        {
            var frame = await peer.ReadMessageAsync();
            if (frame.Opcode == Frame.PongOpcode)
            {
                pongs.Add(frame.Payload);
            }
            else
            {
                replies.AddRange(frame.Text.Split('\n'));
            }
        }

        Assert.Equal([.. frames.Pongs, probe], pongs);
        Assert.Equal(frames.Replies + 1, replies.Count);
        Assert.All(replies, reply => Assert.DoesNotContain("\"error\"", reply, StringComparison.Ordinal));
    }
}
