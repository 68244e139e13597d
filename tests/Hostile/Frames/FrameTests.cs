using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>The rules that RFC 6455 has for servers, in nine groups.</summary>
public sealed class FrameTests(HostileGateway gateway) : HostileTest(gateway)
{
    public static TheoryData<string> FramingNames => NamesOf(FramingCases.All);

    public static TheoryData<string> PingNames => NamesOf(PingCases.All);

    public static TheoryData<string> ReservedBitNames => NamesOf(ReservedBitCases.All);

    public static TheoryData<string> OpcodeNames => NamesOf(OpcodeCases.All);

    public static TheoryData<string> FragmentNames => NamesOf(FragmentCases.All);

    public static TheoryData<string> Utf8Names => NamesOf(Utf8Cases.All);

    public static TheoryData<string> CloseNames => NamesOf(CloseCases.All);

    public static TheoryData<string> SizeNames => NamesOf(SizeCases.All);

    public static TheoryData<string> DeflateNames => NamesOf(DeflateCases.All);

    [Theory, MemberData(nameof(FramingNames))]
    public Task Framing(string name) => RunAsync(FramingCases.All[name]);

    [Theory, MemberData(nameof(PingNames))]
    public Task PingPong(string name) => RunAsync(PingCases.All[name]);

    [Theory, MemberData(nameof(ReservedBitNames))]
    public Task ReservedBits(string name) => RunAsync(ReservedBitCases.All[name]);

    [Theory, MemberData(nameof(OpcodeNames))]
    public Task Opcodes(string name) => RunAsync(OpcodeCases.All[name]);

    [Theory, MemberData(nameof(FragmentNames))]
    public Task Fragmentation(string name) => RunAsync(FragmentCases.All[name]);

    [Theory, MemberData(nameof(Utf8Names))]
    public Task Utf8(string name) => RunAsync(Utf8Cases.All[name]);

    [Theory, MemberData(nameof(CloseNames))]
    public Task Close(string name) => RunAsync(CloseCases.All[name]);

    [Theory, MemberData(nameof(SizeNames))]
    public Task Limits(string name) => RunAsync(SizeCases.All[name]);

    [Theory, MemberData(nameof(DeflateNames))]
    public Task Deflate(string name) => RunAsync(DeflateCases.All[name]);

    [Fact]
    public void Cases_AreAsManyAsPromised() => Assert.InRange(
        FramingCases.All.Count + PingCases.All.Count + ReservedBitCases.All.Count + OpcodeCases.All.Count + FragmentCases.All.Count
        + Utf8Cases.All.Count + CloseCases.All.Count + SizeCases.All.Count + DeflateCases.All.Count, 120, 1000);

    private async Task RunAsync(FrameCase frames)
    {
        using var peer = await Peer.ConnectAsync(Gateway, frames.Headers);
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
