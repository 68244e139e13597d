using System.Text;
using StackExchange.Redis;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// A publication as a stream entry: field <c>d</c> is the data, <c>m</c> all the rest, left out when there is none. The first
/// byte of <c>m</c> is its format: add a number, don't change one.
/// </summary>
internal static class PublicationFields
{
    public static readonly RedisValue Data = "d";
    public static readonly RedisValue Metadata = "m";

    private const byte Format = 1;
    private const byte HasDelta = 1;
    private const byte HasInfo = 2;
    private const byte HasTags = 4;
    private const byte HasConnInfo = 8;
    private const byte HasChanInfo = 16;

    /// <summary>The metadata field; empty when there is nothing to say.</summary>
    public static byte[] Write(ClientInfo? info, Dictionary<string, string>? tags, bool delta)
    {
        var flags = (byte)((delta ? HasDelta : 0) | (info is null ? 0 : HasInfo) | (tags is null ? 0 : HasTags)
            | (info?.ConnInfo is null ? 0 : HasConnInfo) | (info?.ChanInfo is null ? 0 : HasChanInfo));
        if (flags == 0)
        {
            return [];
        }

        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(Format);
        writer.Write(flags);
        if (info is not null)
        {
            writer.Write(info.User);
            writer.Write(info.Client);
            WriteBytes(writer, info.ConnInfo);
            WriteBytes(writer, info.ChanInfo);
        }

        if (tags is not null)
        {
            writer.Write7BitEncodedInt(tags.Count);
            foreach (var (name, value) in tags)
            {
                writer.Write(name);
                writer.Write(value);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="InvalidDataException">A newer version of this code wrote it.</exception>
    public static Publication Read(StreamEntry entry)
    {
        var id = (string)entry.Id!;
        var offset = ulong.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), provider: null);
        byte[] data = (byte[]?)entry[Data] ?? [];
        byte[]? metadata = entry[Metadata];
        if (metadata is not { Length: > 0 })
        {
            return new Publication { Offset = offset, Data = data };
        }

        using var reader = new BinaryReader(new MemoryStream(metadata), Encoding.UTF8);
        if (reader.ReadByte() is var format and not Format)
        {
            throw new InvalidDataException($"Stream entry {id} has format {format}, but this silo reads {Format} only.");
        }

        var flags = reader.ReadByte();
        return new Publication
        {
            Offset = offset,
            Data = data,
            Info = (flags & HasInfo) == 0 ? null : new ClientInfo
            {
                User = reader.ReadString(),
                Client = reader.ReadString(),
                ConnInfo = (flags & HasConnInfo) == 0 ? null : ReadBytes(reader),
                ChanInfo = (flags & HasChanInfo) == 0 ? null : ReadBytes(reader),
            },
            Tags = (flags & HasTags) == 0 ? null : ReadTags(reader),
            Delta = (flags & HasDelta) != 0,
        };
    }

    private static void WriteBytes(BinaryWriter writer, byte[]? bytes)
    {
        if (bytes is not null)
        {
            writer.Write7BitEncodedInt(bytes.Length);
            writer.Write(bytes);
        }
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.Read7BitEncodedInt());

    private static Dictionary<string, string> ReadTags(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        var tags = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            tags.Add(reader.ReadString(), reader.ReadString());
        }

        return tags;
    }
}
