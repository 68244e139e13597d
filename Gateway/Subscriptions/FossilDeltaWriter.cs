namespace WsCluster.Gateway.Subscriptions;

/// <summary>Writes the parts of a fossil delta into a span, and notices when it does not fit.</summary>
/// <param name="destination">Where the delta goes; its length is the most that a delta may take.</param>
internal ref struct FossilDeltaWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _length;

    /// <summary>True when something did not fit: what is written is then no delta.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>The delta so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[.._length];

    /// <summary>Writes the head.</summary>
    public void Begin(int targetLength)
    {
        Append((uint)targetLength);
        Append("\n"u8);
    }

    /// <summary>Says that the target goes on with a piece of the source.</summary>
    public void Copy(int count, int offset)
    {
        Append((uint)count);
        Append("@"u8);
        Append((uint)offset);
        Append(","u8);
    }

    /// <summary>Says that the target goes on with these bytes. None write nothing.</summary>
    public void Insert(ReadOnlySpan<byte> literal)
    {
        if (literal.IsEmpty)
        {
            return;
        }

        Append((uint)literal.Length);
        Append(":"u8);
        Append(literal);
    }

    /// <summary>Writes the end.</summary>
    public void End(uint checksum)
    {
        Append(checksum);
        Append(";"u8);
    }

    private void Append(uint number)
    {
        var digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8;
        Span<byte> text = stackalloc byte[6];
        var start = text.Length;
        do
        {
            text[--start] = digits[(int)(number & 0x3F)];
            number >>= 6;
        }
        while (number != 0);

        Append(text[start..]);
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _destination.Length - _length)
        {
            IsOverfull = true;
            return;
        }

        bytes.CopyTo(_destination[_length..]);
        _length += bytes.Length;
    }
}
