using System.Text;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>Damages inputs: bytes changed, cut, repeated, taken from another input, and things that parsers trip over put in.</summary>
internal static class Mutation
{
    private static readonly byte[][] Dictionary =
    [
        .. new[]
        {
            "{", "}", "[", "]", "\"", ",", ":", "\\u", "\\ud800", "\\", "null", "true", "1e999", "-0", "0x1", "18446744073709551616", "4294967296", "\n", "\r\n",
            "\uFEFF", "//", "{\"id\":", "\"publish\":{", "\"data\":", "\"tf\":{\"nodes\":[{", "\"subs\":{\"\":{",
        }.Select(Encoding.UTF8.GetBytes),
        [0x00], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], // NUL, never UTF-8, overlong, half a pair, too high
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80, 0x80, 0x80, 0x80, 0x00], // long varints
        [0x0B], [0x0C], [0x0F], [0x22, 0x00], [0x22, 0x7F], // groups, wire types, lengths
    ];

    /// <summary>A damaged copy.</summary>
    public static byte[] Of(byte[] original, byte[] other, Random random)
    {
        var bytes = original.ToList();
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(16, bytes.Count - at) + 1));
                    break;
                case 3:
                    bytes.InsertRange(at, Dictionary[random.Next(Dictionary.Length)]);
                    break;
                case 4:
                    bytes.InsertRange(at, Part(other, 32, random));
                    break;
                case 5:
                    var part = Part([.. bytes], 8, random);
                    bytes.InsertRange(at, Enumerable.Repeat(part, random.Next(1, 40)).SelectMany(piece => piece));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Part(byte[] whole, int most, Random random)
    {
        var from = random.Next(whole.Length + 1);
        return whole[from..Math.Min(whole.Length, from + random.Next(most + 1))];
    }
}
