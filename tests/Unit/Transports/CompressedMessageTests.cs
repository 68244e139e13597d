using System.Text;
using WsCluster.Gateway.Transports.Sockets;
using static WsCluster.Tests.Unit.Transports.ClientFrame;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>Compressed messages in the frame reader (RFC 7692): where the bit may be, and what inflating costs at most.</summary>
public sealed class CompressedMessageTests
{
    private const byte Text = 0x1, Binary = 0x2, Continuation = 0x0, Close = 0x8, Ping = 0x9, Pong = 0xA;
    private const int MaxMessage = 64 * 1024;

    private readonly FrameReader _reader = new(MaxMessage, inflates: true);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100_000)]
    public void Next_CompressedAndPlainMessages_InAnyPieces_AreReadInOrder(int chunk)
    {
        var long1 = string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i} é "));
        var deflated = Deflate(Encoding.UTF8.GetBytes(long1));
        byte[] bytes =
        [
            .. Of(Text | Rsv1, Deflate("first"u8)), .. Of(Text, "plain"u8), .. Of(Text | Rsv1, []), // not even an empty block
        ];

        Assert.Equal(["Message first", "Message plain", "Error 1007"], FrameEvents.Of(_reader, bytes, chunk));

        bytes =
        [
            .. Of(Text | Rsv1, deflated.AsSpan(0, 7), final: false), .. Of(Ping, "mid"u8), .. Of(Continuation, deflated.AsSpan(7, 1000), final: false),
            .. Of(Continuation, [], final: false), .. Of(Continuation, deflated.AsSpan(1007)), .. Of(Binary | Rsv1, Deflate([])), .. Of(Text, "end"u8),
        ];

        Assert.Equal(["Ping mid", $"Message {long1}", "Message ", "Message end"], FrameEvents.Of(new FrameReader(MaxMessage, inflates: true), bytes, chunk));
    }

    [Theory]
    [InlineData(Ping)]
    [InlineData(Pong)]
    [InlineData(Close)]
    [InlineData(Continuation)]
    [InlineData(0x3)]
    public void Next_TheBitWhereItMayNotBe_Fails(byte opcode)
    {
        byte[] bytes = [.. Of(Text | Rsv1, Deflate("a"u8), final: false), .. Of((byte)(opcode | Rsv1), [])];

        Assert.Equal(["Error 1002"], FrameEvents.Of(_reader, bytes, 1000));
    }

    [Theory]
    [InlineData(Text | 0x20)]
    [InlineData(Text | 0x10)]
    [InlineData(Text | Rsv1 | 0x20)]
    [InlineData(Text | Rsv1 | 0x10)]
    public void Next_AnotherReservedBit_Fails(byte bits) => Assert.Equal(["Error 1002"], FrameEvents.Of(_reader, Of(bits, Deflate("a"u8)), 1000));

    [Fact]
    public void Next_TheBitWithoutAgreement_Fails() =>
        Assert.Equal(["Error 1002"], FrameEvents.Of(new FrameReader(MaxMessage), Of(Text | Rsv1, Deflate("a"u8)), 1000));

    [Fact]
    public void Next_AsMuchAsAllowed_IsRead_OneMoreIsNot()
    {
        Assert.Equal(["Message " + new string('x', MaxMessage)], FrameEvents.Of(_reader, Of(Text | Rsv1, Deflate(Enumerable.Repeat((byte)'x', MaxMessage).ToArray())), 1000));
        Assert.Equal(["Error 1009"], FrameEvents.Of(_reader, Of(Text | Rsv1, Deflate(new byte[MaxMessage + 1])), 1000));
    }

    [Fact]
    public void Next_NoiseOfAllowedLength_IsReadAlthoughItsCompressedBytesAreMore()
    {
        var noise = new byte[MaxMessage];
        new Random(1).NextBytes(noise);
        var deflated = Deflate(noise);

        Assert.True(deflated.Length > MaxMessage);
        Assert.StartsWith("Message ", Assert.Single(FrameEvents.Of(_reader, Of(Binary | Rsv1, deflated), 1000)), StringComparison.Ordinal);
    }

    [Fact]
    public void Next_BombWithoutEnd_FailsBeforeItsEndAndAllocatesNoMoreThanItMay()
    {
        var bomb = Of(Binary | Rsv1, Deflate(new byte[60_000_000]), final: false);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(["Error 1009"], FrameEvents.Of(_reader, bomb, 512));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Next_BlocksOfNothingWithoutEnd_AreTooMuchAsWell()
    {
        var nothing = Enumerable.Repeat<byte[]>([0x00, 0x00, 0x00, 0xFF, 0xFF], 20_000).SelectMany(block => block).ToArray();

        Assert.Equal(["Error 1009"], FrameEvents.Of(_reader, [.. Of(Text | Rsv1, nothing.AsSpan(0, 50_000), final: false), .. Of(Continuation, nothing.AsSpan(50_000))], 1000));
    }

    [Theory]
    [InlineData("07")] // a block of a kind that does not exist
    [InlineData("FF FF FF FF FF FF FF FF")]
    [InlineData("03 86 7F 12 34")] // a distance beyond the start
    [InlineData("F2 48 CD")] // ends within a block
    [InlineData("00 05 00 FA FF 61 62")] // stored, and shorter than it says
    public void Next_BytesThatDoNotInflate_Fail(string hex) =>
        Assert.Equal(["Error 1007"], FrameEvents.Of(_reader, Of(Binary | Rsv1, Bytes(hex)), 1000));

    [Theory]
    [InlineData("F2 48 CD C9 C9 07 00", "Hello")]
    [InlineData("00 05 00 FA FF 48 65 6C 6C 6F 00", "Hello")] // without compression
    [InlineData("F3 48 CD C9 C9 07 00 00", "Hello")] // in a block that says to be the last
    [InlineData("F2 48 05 00 00 00 FF FF CA C9 C9 07 00", "Hello")] // in two blocks
    [InlineData("00", "")]
    public void Next_TheExamplesOfTheStandard_AreRead(string hex, string text) => // RFC 7692 §7.2.3
        Assert.Equal([$"Message {text}"], FrameEvents.Of(_reader, Of(Text | Rsv1, Bytes(hex)), 1));

    [Fact]
    public void Next_TextThatInflatesToNoUtf8_Fails()
    {
        Assert.Equal(["Error 1007"], FrameEvents.Of(_reader, Of(Text | Rsv1, Deflate([0x61, 0xC3, 0x28])), 1000));
        Assert.Equal(["Error 1007"], FrameEvents.Of(new FrameReader(MaxMessage, inflates: true), Of(Text | Rsv1, Deflate([0x61, 0xC3])), 1000)); // half a character
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
