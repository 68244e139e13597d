using System.Text;

namespace WsCluster.Tests.Unit.Subscriptions;

/// <summary>The other half of the fossil format, as clients have it: applies deltas and checks all there is to check.</summary>
internal static class FossilPatch
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";

    /// <summary>The target that the delta makes of the source.</summary>
    public static byte[] Apply(byte[] source, byte[] delta)
    {
        var target = new List<byte>();
        var position = 0;
        var length = ReadNumber(delta, ref position);
        Expect('\n', delta, ref position);
        while (true)
        {
            var number = ReadNumber(delta, ref position);
            switch ((char)delta[position++])
            {
                case '@':
                    var offset = ReadNumber(delta, ref position);
                    Expect(',', delta, ref position);
                    target.AddRange(source.AsSpan((int)offset, (int)number));
                    break;
                case ':':
                    target.AddRange(delta.AsSpan(position, (int)number));
                    position += (int)number;
                    break;
                case ';':
                    Assert.Equal(delta.Length, position);
                    Assert.Equal(length, (uint)target.Count);
                    Assert.Equal(Checksum(target), number);
                    return [.. target];
                default:
                    throw new InvalidDataException($"No command at {position - 1} of {Encoding.UTF8.GetString(delta)}.");
            }
        }
    }

    private static uint Checksum(List<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Count; i++)
        {
            sum += (uint)bytes[i] << (24 - (8 * (i % 4)));
        }

        return sum;
    }

    private static uint ReadNumber(byte[] delta, ref int position)
    {
        uint number = 0;
        var start = position;
        for (var digit = Digits.IndexOf((char)delta[position]); digit >= 0; digit = Digits.IndexOf((char)delta[position]))
        {
            number = checked((number * 64) + (uint)digit);
            position++;
        }

        Assert.True(position > start, "A number is missing.");
        return number;
    }

    private static void Expect(char mark, byte[] delta, ref int position) => Assert.Equal(mark, (char)delta[position++]);
}
