using System.Buffers;
using System.Buffers.Binary;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Describes a payload by what it shares with the one before it (protocol §10).</summary>
internal static class FossilDelta
{
    /// <summary>
    /// Creates the delta that turns <paramref name="source"/> into <paramref name="target"/>. Takes time in proportion
    /// to their lengths, whatever they contain. The delta is text only where it inserts: it may cut a character of the
    /// target in two, and for JSON connections it is then of no use. Check it with
    /// <see cref="System.Text.Unicode.Utf8.IsValid"/> and send the full payload instead.
    /// </summary>
    /// <returns>False when the delta would not be shorter than the target.</returns>
    public static bool TryCreate(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, out byte[] delta)
    {
        delta = [];
        if (source.Length < FossilBlockIndex.BlockLength || target.Length < FossilBlockIndex.BlockLength)
        {
            return false; // nothing to copy, and inserting everything takes more bytes than sending it
        }

        var buffer = ArrayPool<byte>.Shared.Rent(target.Length);
        try
        {
            var writer = new FossilDeltaWriter(buffer.AsSpan(0, target.Length - 1)); // no room for a delta not worth it
            writer.Begin(target.Length);
            WriteCommands(source, target, ref writer);
            writer.End(Checksum(target));
            if (writer.IsOverfull)
            {
                return false;
            }

            delta = writer.Written.ToArray();
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void WriteCommands(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, ref FossilDeltaWriter writer)
    {
        using var index = new FossilBlockIndex(source);
        var covered = 0;
        var position = 0;
        while (position + FossilBlockIndex.BlockLength <= target.Length && !writer.IsOverfull)
        {
            if (!index.TryFind(target, covered, position, out var match))
            {
                position++;
                continue;
            }

            writer.Insert(target[covered..match.TargetStart]);
            writer.Copy(match.Length, match.SourceStart);
            covered = match.TargetStart + match.Length;
            position = covered;
        }

        writer.Insert(target[covered..]);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        while (bytes.Length >= sizeof(uint))
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        Span<byte> last = stackalloc byte[sizeof(uint)];
        last.Clear();
        bytes.CopyTo(last);
        return sum + BinaryPrimitives.ReadUInt32BigEndian(last);
    }
}
