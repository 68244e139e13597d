using System.Text;
using WsCluster.Gateway.Transports.Sockets;
using WsCluster.Tests.Unit.Transports;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>
/// The frame reader on random frames, right and damaged, that come in random pieces: it must find what a reader finds that is too
/// simple to be wrong.
/// </summary>
public sealed class FrameFuzzTests
{
    private const int MaxMessage = 2048;

    [Fact]
    public void Frames_InAnyPieces_AreReadAsTheSimpleReaderDoes() => FuzzRun.Try(random => AssertSame(Frames(random, compress: false), inflates: false, random));

    [Fact]
    public void Frames_Damaged_AreReadAsTheSimpleReaderDoes() => FuzzRun.Try(random =>
        AssertSame(Mutation.Of(Frames(random, compress: false), Frames(random, compress: false), random), inflates: false, random));

    [Fact]
    public void Frames_Compressed_AreReadAsTheSimpleReaderDoes() => FuzzRun.Try(random => AssertSame(Frames(random, compress: true), inflates: true, random));

    /// <summary>
    /// What does not inflate cannot be compared, but it must neither throw nor cost, however it is damaged, and pieces make no difference.
    /// </summary>
    [Fact]
    public void Frames_CompressedAndDamaged_AreReadAlikeInAnyPieces() => FuzzRun.Try(random =>
    {
        var bytes = Mutation.Of(Frames(random, compress: true), Frames(random, compress: true), random);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var whole = FrameEvents.Of(new FrameReader(MaxMessage, inflates: true), bytes, bytes.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.Equal(
            WithoutTheKindOfFault(whole),
            WithoutTheKindOfFault(FrameEvents.Of(new FrameReader(MaxMessage, inflates: true), bytes, () => random.Next(1, 40))));
    });

    private static void AssertSame(byte[] bytes, bool inflates, Random random)
    {
        var expected = SimpleFrameReader.Read(bytes, MaxMessage, inflates);
        var most = random.Next(1, 200);
        Assert.Equal(expected, FrameEvents.Of(new FrameReader(MaxMessage, inflates), bytes, () => random.Next(1, most + 1)));
        Assert.Equal(expected, FrameEvents.Of(new FrameReader(MaxMessage, inflates), bytes, Math.Max(1, bytes.Length)));
    }

    /// <summary>Which of two faults of one fragment is named, depends on how much of it was looked at together.</summary>
    private static IEnumerable<string> WithoutTheKindOfFault(List<string> events) =>
        events.Select(e => e is "Error 1007" or "Error 1009" ? "Error" : e);

    private static byte[] Frames(Random random, bool compress)
    {
        var bytes = new List<byte>();
        for (var messages = random.Next(1, 5); messages > 0; messages--)
        {
            if (random.Next(4) == 0)
            {
                bytes.AddRange(Control(random));
            }

            var isText = random.Next(3) > 0;
            var content = compress ? Content(random, isText, MaxMessage / 4, breaks: false) : Content(random, isText, MaxMessage + 200, breaks: true);
            var isCompressed = compress && random.Next(3) > 0;
            var rest = isCompressed ? ClientFrame.Deflate(content) : content;
            var first = true;
            do
            {
                var part = random.Next(3) == 0 ? rest : rest[..random.Next(rest.Length + 1)];
                var bits = first ? (isText ? 1 : 2) | (isCompressed ? ClientFrame.Rsv1 : 0) : 0;
                rest = rest[part.Length..];
                bytes.AddRange(Masked((byte)bits, part, rest.Length == 0, random));
                first = false;
                if (rest.Length > 0 && random.Next(3) == 0)
                {
                    bytes.AddRange(Control(random));
                }
            }
            while (rest.Length > 0);
        }

        if (random.Next(3) == 0)
        {
            byte[] code = [(byte)random.Next(2, 5), (byte)random.Next(256)];
            bytes.AddRange(Masked(8, random.Next(4) == 0 ? [] : [.. code, .. Content(random, true, 40, breaks: true).Take(100)], true, random));
        }

        return [.. bytes];
    }

    private static byte[] Control(Random random) => Masked((byte)random.Next(9, 11), Content(random, false, 126, breaks: false), true, random);

    /// <summary>Bytes or text; of text, up to four times as many bytes as <paramref name="most"/>, and sometimes broken.</summary>
    private static byte[] Content(Random random, bool isText, int most, bool breaks)
    {
        var length = random.Next(5) == 0 ? random.Next(most) : random.Next(Math.Min(140, most));
        if (!isText)
        {
            var noise = new byte[length];
            random.NextBytes(noise);
            return noise;
        }

        string[] characters = ["a", "é", "€", "😀", "\0", "{"];
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(characters[random.Next(characters.Length)]);
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (breaks && bytes.Length > 0 && random.Next(20) == 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static byte[] Masked(byte bits, byte[] payload, bool final, Random random)
    {
        var frame = ClientFrame.Of(bits, payload, final);
        var mask = frame.Length - payload.Length - 4;
        for (var i = 0; i < 4; i++)
        {
            var change = (byte)random.Next(256);
            frame[mask + i] ^= change;
            for (var at = mask + 4 + i; at < frame.Length; at += 4)
            {
                frame[at] ^= change;
            }
        }

        return frame;
    }
}
