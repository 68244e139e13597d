using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>Judges a text of which only the beginning is there: its last character may be half here.</summary>
internal static class Utf8Prefix
{
    private const int MaxCharacterBytes = 4;

    /// <summary>
    /// False when <paramref name="text"/> can't become UTF-8 any more. <paramref name="judged"/> says up to where it is known to
    /// be, and moves on; <paramref name="isWhole"/>: nothing follows.
    /// </summary>
    public static bool TryAdvance(ReadOnlySpan<byte> text, bool isWhole, ref int judged)
    {
        var fresh = text[judged..];
        var whole = fresh.Length - LengthOfHalfCharacter(fresh);
        if (!Utf8.IsValid(fresh[..whole]))
        {
            return false;
        }

        judged += whole;
        var rest = fresh[whole..];
        return rest.IsEmpty || (!isWhole && Rune.DecodeFromUtf8(rest, out _, out _) == OperationStatus.NeedMoreData);
    }

    /// <summary>The bytes at the end that begin a character which needs more of them.</summary>
    private static int LengthOfHalfCharacter(ReadOnlySpan<byte> text)
    {
        for (var length = 1; length < MaxCharacterBytes && length <= text.Length; length++)
        {
            var first = text[^length];
            if (first >= 0xC0)
            {
                var needed = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
                return length < needed ? length : 0;
            }

            if (first < 0x80)
            {
                return 0;
            }
        }

        return 0;
    }
}
