using System.Text;
using WsCluster.Gateway.Transports.Sockets;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>What the hostile suite cannot see from outside: buffers, and where bytes are split. The rules themselves are tested there.</summary>
public sealed class FrameReaderTests
{
    private const int MaxMessage = 2 * 1024 * 1024;

    private readonly FrameReader _reader = new(MaxMessage);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Next_HoweverBytesAreSplit_FindsEverythingInOrder(int chunk)
    {
        byte[] bytes =
        [
            .. Frame(0x01, "zwei Stücke: "u8, final: false), .. Frame(0x9, "mid"u8), .. Frame(0x0, "ü€😀"u8),
            .. Frame(0x2, [0, 255, 128]), .. Frame(0xA, "pong"u8), .. Frame(0x1, []), .. Frame(0x1, Encoding.UTF8.GetBytes(new string('é', 40_000))),
            .. Frame(0x8, [0x03, 0xE9]),
        ];

        Assert.Equal(
            ["Ping mid", "Message zwei Stücke: ü€😀", "Message \0\uFFFD\uFFFD", "Pong pong", "Message ", "Message " + new string('é', 40_000), "Close 1001"],
            Read(bytes, chunk));
    }

    [Fact]
    public void Next_MessageOfAMegabyte_IsWhole()
    {
        var text = new string('x', 1024 * 1024);

        Assert.Equal(["Message " + text], Read(Frame(0x1, Encoding.UTF8.GetBytes(text)), 5000));
    }

    [Fact]
    public void IsIdle_InsideAMessage_IsFalse()
    {
        Assert.True(_reader.IsIdle);
        Read(Frame(0x1, "half"u8, final: false), 100);
        Assert.False(_reader.IsIdle); // between two fragments the first one must be kept
        Read(Frame(0x0, "whole"u8), 100);
        Assert.True(_reader.IsIdle);
        Read(Frame(0x1, "x"u8)[..3], 100);
        Assert.False(_reader.IsIdle);
    }

    [Fact]
    public void Release_ThenMore_ReadsOn()
    {
        Read(Frame(0x1, "one"u8), 100);
        _reader.Release();

        Assert.Equal(["Message two"], Read(Frame(0x1, "two"u8), 100));
    }

    [Theory]
    [InlineData("CE BA E1 BD B9 F4", false)]
    [InlineData("F4 8F", false)]
    [InlineData("F4 90", true)]
    [InlineData("ED A0", true)]
    [InlineData("E2 82 AC 80", true)]
    public void Next_TextThatGoesOn_IsJudgedAsEarlyAsItCanBe(string hex, bool isBroken)
    {
        var frame = Frame(0x1, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), final: false);

        Assert.Equal(isBroken ? ["Error 1007"] : [], Read(frame, 100));
    }

    [Fact]
    public void Next_MoreAnnouncedThanAllowed_FailsAtTheHead() =>
        Assert.Equal(["Error 1009"], Read(Frame(0x2, new byte[MaxMessage + 1])[..20], 100));

    [Fact]
    public void Next_ContinuationThatAnnouncesTheLargestNumber_FailsAtTheHead()
    {
        byte[] head = [0x80, 0x80 | 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];

        Assert.Equal(["Error 1009"], Read([.. Frame(0x1, "x"u8, final: false), .. head], 100));
    }

    private List<string> Read(byte[] bytes, int chunk) => FrameEvents.Of(_reader, bytes, chunk);

    private static byte[] Frame(byte opcode, ReadOnlySpan<byte> payload, bool final = true) => ClientFrame.Of(opcode, payload, final);
}
