using System.Buffers;
using System.Numerics;
using System.Text;

namespace WsCluster.Routing;

/// <summary>What an entry of a <see cref="DeliveryBatch"/> carries. Numbers are wire format; readers skip unknown ones.</summary>
public enum DeliveryKind : byte
{
    /// <summary>A publication; the key is the channel.</summary>
    Publication = 1,
    /// <summary>A connection joined; the key is the channel.</summary>
    Join = 2,
    /// <summary>A connection left; the key is the channel.</summary>
    Leave = 3,
    /// <summary>A <see cref="UserCommand"/> in Orleans' serialisation; the key is the user.</summary>
    UserCommand = 4,
    /// <summary>The channel (the key) leaves this silo: subscribe again to find it.</summary>
    Moved = 5,
    /// <summary>The user (the key) leaves this silo: restore its sessions to find it.</summary>
    UserMoved = 6,
    /// <summary>The trace context of the entry that follows, which has the same key (<see cref="Tracing.PublishTrace"/>).</summary>
    Trace = 7,
    /// <summary>
    /// The channel (the key) took a subscription with members from a gateway that it did not know: a gateway that has nobody
    /// there ends it.
    /// </summary>
    Attached = 8,
    /// <summary>To a gateway: what follows of the channel (the key) comes by the relay of the silo that is named, as one <see cref="RelayStint"/>.</summary>
    Relayed = 9,
    /// <summary>By a relay to a gateway: here a stint of the channel (the key) begins.</summary>
    RelayBegin = 10,
    /// <summary>By a relay to a gateway: the stint is over, the channel's silo delivers the rest itself.</summary>
    RelayEnd = 11,
    /// <summary>To a relay: from here on pass the channel (the key) on to the gateway that is named (<see cref="GatewayLane.Name"/>).</summary>
    RelayAdd = 12,
    /// <summary>To a relay: no longer pass the channel on to that gateway.</summary>
    RelayRemove = 13,
}

/// <summary>
/// Writes entries of a <see cref="DeliveryBatch"/>: <c>kind, key length, key, body length, body</c>, numbers as unsigned
/// base-128 varints. An entry is written once by its grain and copied as bytes into the outbox of each gateway.
/// </summary>
public static class DeliveryWriter
{
    /// <summary>Writes one entry with a ready body.</summary>
    public static void Write(IBufferWriter<byte> output, DeliveryKind kind, string key, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(key);
        output.Write([(byte)kind]);
        WriteString(output, key);
        WriteBytes(output, body);
    }

    /// <summary>Writes a publication of <paramref name="channel"/> in <paramref name="epoch"/>.</summary>
    public static void WritePublication(IBufferWriter<byte> output, string channel, string epoch, Publication publication)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(publication);
        output.Write([(byte)DeliveryKind.Publication]);
        WriteString(output, channel);

        // Known before it is written: a body of its own would be one more allocation and copy for each publication.
        WriteVarint(output, (ulong)LengthOf(epoch, publication));
        WriteString(output, epoch);
        WriteVarint(output, publication.Offset);
        output.Write([(byte)((publication.Delta ? 1 : 0) | (publication.Info is null ? 0 : 2) | (publication.Tags is null ? 0 : 4))]);
        if (publication.Info is { } info)
        {
            WriteInfo(output, info);
        }

        if (publication.Tags is { } tags)
        {
            WriteVarint(output, (ulong)tags.Count);
            foreach (var (name, value) in tags)
            {
                WriteString(output, name);
                WriteString(output, value);
            }
        }

        WriteBytes(output, publication.Data);
    }

    /// <summary>Writes a join or leave of <paramref name="info"/> in <paramref name="channel"/>.</summary>
    public static void WritePresence(IBufferWriter<byte> output, string channel, ClientInfo info, bool joined)
    {
        ArgumentNullException.ThrowIfNull(info);
        var body = new ArrayBufferWriter<byte>(128);
        WriteInfo(body, info);
        Write(output, joined ? DeliveryKind.Join : DeliveryKind.Leave, channel, body.WrittenSpan);
    }

    /// <summary>Writes where a stint begins or ends in the deliveries of <paramref name="channel"/>.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="kind">One of the kinds that are about relays.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="stint">The stint.</param>
    /// <param name="name">The silo or gateway that the kind names; else empty.</param>
    public static void WriteStint(IBufferWriter<byte> output, DeliveryKind kind, string channel, RelayStint stint, string name = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        var body = new ArrayBufferWriter<byte>(64);
        WriteVarint(body, (ulong)stint.Life);
        WriteVarint(body, (ulong)stint.Number);
        WriteString(body, name);
        Write(output, kind, channel, body.WrittenSpan);
    }

    private static int LengthOf(string epoch, Publication publication)
    {
        var length = LengthOf(epoch) + LengthOf(publication.Offset) + 1 + LengthOf(publication.Data);
        if (publication.Info is { } info)
        {
            length += LengthOf(info.User) + LengthOf(info.Client) + LengthOf(info.ConnInfo) + LengthOf(info.ChanInfo);
        }

        if (publication.Tags is { } tags)
        {
            length += LengthOf((ulong)tags.Count);
            foreach (var (name, value) in tags)
            {
                length += LengthOf(name) + LengthOf(value);
            }
        }

        return length;
    }

    private static int LengthOf(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return LengthOf((ulong)length) + length;
    }

    private static int LengthOf(ReadOnlySpan<byte> bytes) => LengthOf((ulong)bytes.Length) + bytes.Length;

    private static int LengthOf(ulong varint) => (BitOperations.Log2(varint | 1) / 7) + 1;

    private static void WriteInfo(IBufferWriter<byte> output, ClientInfo info)
    {
        WriteString(output, info.User);
        WriteString(output, info.Client);
        WriteBytes(output, info.ConnInfo);
        WriteBytes(output, info.ChanInfo);
    }

    private static void WriteString(IBufferWriter<byte> output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteVarint(output, (ulong)length);
        var span = output.GetSpan(length);
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    private static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        WriteVarint(output, (ulong)bytes.Length);
        output.Write(bytes);
    }

    private static void WriteVarint(IBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        output.Advance(length);
    }
}

/// <summary>
/// Reads the entries of a <see cref="DeliveryBatch"/> one after the other. Throws <see cref="InvalidDataException"/> on
/// bytes that no silo writes.
/// </summary>
public ref struct DeliveryReader(ReadOnlySpan<byte> entries)
{
    private readonly int _length = entries.Length;
    private ReadOnlySpan<byte> _rest = entries;

    /// <summary>Where the current entry ends, counted from the beginning of the entries.</summary>
    public readonly int End => _length - _rest.Length;

    /// <summary>The kind of the current entry.</summary>
    public DeliveryKind Kind { get; private set; }

    /// <summary>The current entry's key in UTF-8: a channel or a user.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The current entry's body.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>Moves to the next entry; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Kind = (DeliveryKind)_rest[0];
        _rest = _rest[1..];
        Key = ReadBytes(ref _rest);
        Body = ReadBytes(ref _rest);
        return true;
    }

    /// <summary>Decodes the body of a <see cref="DeliveryKind.Publication"/>.</summary>
    public readonly Publication ReadPublication(out string epoch)
    {
        var rest = Body;
        epoch = ReadString(ref rest);
        var offset = ReadVarint(ref rest);
        if (rest.IsEmpty)
        {
            throw new InvalidDataException("A delivery entry is cut short.");
        }

        var flags = rest[0];
        rest = rest[1..];
        var info = (flags & 2) != 0 ? ReadInfo(ref rest) : null;
        Dictionary<string, string>? tags = null;
        if ((flags & 4) != 0)
        {
            // Each tag takes two bytes at least, so a greater count is a lie that must not size the dictionary.
            var count = ReadVarint(ref rest);
            if (count > (ulong)rest.Length / 2)
            {
                throw new InvalidDataException("A delivery entry is cut short.");
            }

            tags = new Dictionary<string, string>((int)count);
            for (var i = 0UL; i < count; i++)
            {
                var name = ReadString(ref rest);
                tags[name] = ReadString(ref rest);
            }
        }

        return new Publication
        {
            Offset = offset,
            Delta = (flags & 1) != 0,
            Info = info,
            Tags = tags,
            Data = ReadBytes(ref rest).ToArray(),
        };
    }

    /// <summary>Decodes the body of a <see cref="DeliveryKind.Join"/> or <see cref="DeliveryKind.Leave"/>.</summary>
    public readonly ClientInfo ReadInfo()
    {
        var rest = Body;
        return ReadInfo(ref rest);
    }

    /// <summary>Decodes the body of one of the kinds that are about relays.</summary>
    public readonly RelayStint ReadStint(out string name)
    {
        var rest = Body;
        var stint = new RelayStint((long)ReadVarint(ref rest), (long)ReadVarint(ref rest));
        name = ReadString(ref rest);
        return stint;
    }

    private static ClientInfo ReadInfo(scoped ref ReadOnlySpan<byte> rest)
    {
        var user = ReadString(ref rest);
        var client = ReadString(ref rest);
        var connInfo = ReadBytes(ref rest);
        var chanInfo = ReadBytes(ref rest);
        return new ClientInfo
        {
            User = user,
            Client = client,
            ConnInfo = connInfo.IsEmpty ? null : connInfo.ToArray(),
            ChanInfo = chanInfo.IsEmpty ? null : chanInfo.ToArray(),
        };
    }

    private static string ReadString(scoped ref ReadOnlySpan<byte> rest) => Encoding.UTF8.GetString(ReadBytes(ref rest));

    private static ReadOnlySpan<byte> ReadBytes(scoped ref ReadOnlySpan<byte> rest)
    {
        var length = ReadVarint(ref rest);
        if (length > (ulong)rest.Length)
        {
            throw new InvalidDataException("A delivery entry is cut short.");
        }

        var bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return bytes;
    }

    private static ulong ReadVarint(scoped ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (var i = 0; i < rest.Length && i < 10; i++)
        {
            value |= (ulong)(rest[i] & 0x7f) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("A delivery entry has a broken number.");
    }
}
