using System.Buffers;
using System.Text;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Compatibility;

/// <summary>The bytes of delivery entries, which silos and gateways of neighbouring versions exchange.</summary>
public sealed class DeliveryBytesTests
{
    private const string PublicationBytes = "0106636861743A3115026531AC02070175016301AA0001016B01760201FF";
    private const string JoinBytes = "0206636861743A31070175016301AA00";

    private static readonly ClientInfo Info = new() { User = "u", Client = "c", ConnInfo = [0xAA] };

    private static readonly Publication Publication = new()
    {
        Offset = 300,
        Data = [1, 255],
        Delta = true,
        Info = Info,
        Tags = new Dictionary<string, string> { ["k"] = "v" },
    };

    [Fact]
    public void Entries_AreWrittenAsEver()
    {
        var publication = new ArrayBufferWriter<byte>();
        var join = new ArrayBufferWriter<byte>();

        DeliveryWriter.WritePublication(publication, "chat:1", "e1", Publication);
        DeliveryWriter.WritePresence(join, "chat:1", Info, joined: true);

        Assert.Equal(PublicationBytes, Convert.ToHexString(publication.WrittenSpan));
        Assert.Equal(JoinBytes, Convert.ToHexString(join.WrittenSpan));
    }

    [Fact]
    public void Entries_AreReadAndAnUnknownKindIsSteppedOver()
    {
        const string OfANewerVersion = "C801610362797A"; // kind 200, key "a", body of three bytes

        var reader = new DeliveryReader(Convert.FromHexString(PublicationBytes + OfANewerVersion + JoinBytes));

        Assert.True(reader.MoveNext());
        Assert.Equal((DeliveryKind.Publication, "chat:1"), (reader.Kind, Encoding.UTF8.GetString(reader.Key)));
        Assert.Equivalent(Publication, reader.ReadPublication(out var epoch), strict: true);
        Assert.Equal("e1", epoch);
        Assert.True(reader.MoveNext());
        Assert.True(reader.MoveNext());
        Assert.Equal(DeliveryKind.Join, reader.Kind);
        Assert.Equivalent(Info, reader.ReadInfo(), strict: true);
        Assert.False(reader.MoveNext());
    }
}
