using System.Diagnostics;
using System.Text;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Unit.Subscriptions;

public sealed class FossilDeltaTests
{
    [Fact]
    public void TryCreate_SameContent_IsOneCopy()
    {
        var text = "0123456789abcdef"u8.ToArray();

        Assert.True(FossilDelta.TryCreate(text, text, out var delta));
        // 30313233 + 34353637 + 38396162 + 63646566 = 1 00042F32 in hexadecimal: the carry is dropped.
        Assert.Equal("G\nG@0,12xn;", Encoding.UTF8.GetString(delta));
    }

    [Fact]
    public void TryCreate_ChangeInTheMiddle_CopiesBothSides()
    {
        var source = "{\"first\":\"quick brown foxes\",\"n\":1,\"last\":\"jump over every lazy dog\"}"u8.ToArray();
        var target = "{\"first\":\"quick brown foxes\",\"n\":222,\"last\":\"jump over every lazy dog\"}"u8.ToArray();

        Assert.True(FossilDelta.TryCreate(source, target, out var delta));
        Assert.StartsWith("17\nX@0,3:222Z@Y,", Encoding.UTF8.GetString(delta), StringComparison.Ordinal);
        Assert.Equal(target, FossilPatch.Apply(source, delta));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "something that is long enough to copy")]
    [InlineData("something that is long enough to copy", "")]
    [InlineData("short", "short")]
    [InlineData("fifteen bytes..", "fifteen bytes..")]
    [InlineData("one thing and one more thing here", "NOTHING OF WHICH IS IN THE TARGET")]
    public void TryCreate_NothingToGain_IsFalse(string source, string target)
    {
        Assert.False(FossilDelta.TryCreate(Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(target), out var delta));
        Assert.Empty(delta);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(5_000)]
    [InlineData(64 * 1024)]
    public void TryCreate_RandomEdits_ApplyGivesTheTarget(int size)
    {
        var random = new Random(size);
        for (var round = 0; round < 200; round++)
        {
            var source = RandomText(random, size, alphabet: round % 2 == 0 ? 2 : 200);
            var target = Edit(source, random);

            if (FossilDelta.TryCreate(source, target, out var delta))
            {
                Assert.True(delta.Length < target.Length);
                Assert.Equal(target, FossilPatch.Apply(source, delta));
            }
            else
            {
                Assert.True(size < 5_000, "A few edits to a large payload must leave much to copy.");
            }
        }
    }

    [Fact]
    public void TryCreate_UnrelatedRandomBytes_IsFalse()
    {
        var random = new Random(7);

        Assert.False(FossilDelta.TryCreate(RandomText(random, 10_000, 256), RandomText(random, 10_000, 256), out _));
    }

    [Fact]
    public void TryCreate_AnyLengths_NeverThrows()
    {
        var random = new Random(8);
        for (var round = 0; round < 20_000; round++)
        {
            var source = RandomText(random, random.Next(80), alphabet: 2);
            var target = RandomText(random, random.Next(80), alphabet: 2);
            if (FossilDelta.TryCreate(source, target, out var delta))
            {
                Assert.True(delta.Length < target.Length);
                Assert.Equal(target, FossilPatch.Apply(source, delta));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    public void TryCreate_RepetitiveContent_TakesLinearTime(int period)
    {
        var source = Enumerable.Range(0, 1 << 20).Select(i => (byte)(i % period)).ToArray();
        var target = source.ToArray();
        for (var i = 1000; i < target.Length; i += 1000)
        {
            target[i] = 0xFF;
        }

        var clock = Stopwatch.StartNew();
        Assert.True(FossilDelta.TryCreate(source, target, out var delta));

        // Quadratic work would take minutes for a megabyte; the limit leaves room for a slow machine.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"Took {clock.Elapsed}.");
        Assert.Equal(target, FossilPatch.Apply(source, delta));
    }

    [Fact]
    public void TryCreate_CutInsideACharacter_IsNotUtf8()
    {
        // é and è differ in their second byte only: the first one is copied, the second inserted.
        var source = Encoding.UTF8.GetBytes("0123456789abcdefghijklmnopqrstu é 0123456789abcdefghijklmnopqrstu");
        var target = Encoding.UTF8.GetBytes("0123456789abcdefghijklmnopqrstu è 0123456789abcdefghijklmnopqrstu");

        Assert.True(FossilDelta.TryCreate(source, target, out var delta));

        Assert.False(System.Text.Unicode.Utf8.IsValid(delta));
        Assert.Equal(target, FossilPatch.Apply(source, delta));
    }

    private static byte[] RandomText(Random random, int size, int alphabet)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
        {
            bytes[i] = (byte)random.Next(alphabet);
        }

        return bytes;
    }

    private static byte[] Edit(byte[] source, Random random)
    {
        var bytes = source.ToList();
        for (var edits = random.Next(0, 6); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            var count = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveRange(at, count);
                    break;
                case 1:
                    bytes.InsertRange(at, RandomText(random, count, 256));
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, count));
                    break;
                default:
                    bytes[at] ^= 0x55;
                    break;
            }
        }

        return [.. bytes];
    }
}
