using System.Buffers;

namespace WsCluster.Client.Subscriptions;

/// <summary>Applies a difference in fossil's format (protocol §10): length, copies and inserts, checksum.</summary>
internal ref struct FossilPatch
{
    private readonly ReadOnlySpan<byte> _source;
    private ReadOnlySpan<byte> _delta;

    private FossilPatch(ReadOnlySpan<byte> source, ReadOnlySpan<byte> delta)
    {
        _source = source;
        _delta = delta;
    }

    /// <summary>The target that <paramref name="delta"/> makes of <paramref name="source"/>.</summary>
    /// <exception cref="FormatException">It does not fit.</exception>
    public static byte[] Apply(ReadOnlySpan<byte> source, ReadOnlySpan<byte> delta) => new FossilPatch(source, delta).Apply();

    private byte[] Apply()
    {
        var length = Number('\n');
        var target = new ArrayBufferWriter<byte>(256);
        while (true)
        {
            var number = Number(null);
            switch (Take())
            {
                case (byte)'@':
                    var offset = Number(',');
                    if (offset + (ulong)number > (ulong)_source.Length)
                    {
                        throw new FormatException("A delta copies what its source does not have.");
                    }

                    target.Write(_source.Slice((int)offset, (int)number));
                    break;
                case (byte)':':
                    if (number > _delta.Length)
                    {
                        throw new FormatException("A delta ends inside an insert.");
                    }

                    target.Write(_delta[..(int)number]);
                    _delta = _delta[(int)number..];
                    break;
                case (byte)';':
                    return target.WrittenCount == length && Checksum(target.WrittenSpan) == number
                        ? target.WrittenSpan.ToArray()
                        : throw new FormatException("A delta does not make what it says.");
                default:
                    throw new FormatException("A delta has an unknown command.");
            }

            if (target.WrittenCount > length)
            {
                throw new FormatException("A delta makes more than it says.");
            }
        }
    }

    /// <summary>A number in base 64, and the mark behind it when one is expected.</summary>
    private uint Number(char? mark)
    {
        uint value = 0;
        while (!_delta.IsEmpty && Digit(_delta[0]) is { } digit)
        {
            value = (value << 6) | digit;
            _delta = _delta[1..];
        }

        if (mark is not null && Take() != mark)
        {
            throw new FormatException("A delta lacks a mark.");
        }

        return value;
    }

    private byte Take()
    {
        if (_delta.IsEmpty)
        {
            throw new FormatException("A delta ends too early.");
        }

        var value = _delta[0];
        _delta = _delta[1..];
        return value;
    }

    private static uint? Digit(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => (uint)(character - '0'),
        >= (byte)'A' and <= (byte)'Z' => (uint)(character - 'A' + 10),
        (byte)'_' => 36,
        >= (byte)'a' and <= (byte)'z' => (uint)(character - 'a' + 37),
        (byte)'~' => 63,
        _ => null,
    };

    /// <summary>The sum of the bytes as big-endian words of 32 bits.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += (uint)bytes[i] << (24 - (8 * (i & 3)));
        }

        return sum;
    }
}
