using System.Buffers;
using System.Text;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Routing;

public sealed class DeliveryTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void Publication_RoundTrips()
    {
        var publication = new Publication
        {
            Offset = ulong.MaxValue,
            Data = [0, 1, 255],
            Delta = true,
            Info = new ClientInfo { User = "ünï", Client = "c", ConnInfo = [1], ChanInfo = [2] },
            Tags = new Dictionary<string, string> { ["a"] = "1", ["ключ"] = "" },
        };

        DeliveryWriter.WritePublication(_output, "chat:é", "epoch", publication);

        var reader = new DeliveryReader(_output.WrittenSpan);
        Assert.True(reader.MoveNext());
        Assert.Equal(DeliveryKind.Publication, reader.Kind);
        Assert.Equal("chat:é", Encoding.UTF8.GetString(reader.Key));
        var read = reader.ReadPublication(out var epoch);
        Assert.Equal("epoch", epoch);
        Assert.Equivalent(publication, read, strict: true);
        Assert.False(reader.MoveNext());
    }

    [Fact]
    public void MinimalPublication_RoundTrips()
    {
        var publication = new Publication { Offset = 0, Data = [] };

        DeliveryWriter.WritePublication(_output, "", "", publication);

        var reader = new DeliveryReader(_output.WrittenSpan);
        Assert.True(reader.MoveNext());
        Assert.Equivalent(publication, reader.ReadPublication(out var epoch), strict: true);
        Assert.Empty(epoch);
    }

    [Fact]
    public void Entries_FollowEachOther()
    {
        var info = new ClientInfo { User = "u", Client = "c" };
        DeliveryWriter.WritePresence(_output, "a", info, joined: true);
        DeliveryWriter.WritePresence(_output, "b", info, joined: false);
        DeliveryWriter.Write(_output, DeliveryKind.Moved, "c", []);
        DeliveryWriter.Write(_output, DeliveryKind.UserCommand, "d", new byte[300]);

        var reader = new DeliveryReader(_output.WrittenSpan);
        var seen = new List<string>();
        while (reader.MoveNext())
        {
            seen.Add($"{reader.Kind} {Encoding.UTF8.GetString(reader.Key)} {reader.Body.Length}");
            if (reader.Kind is DeliveryKind.Join or DeliveryKind.Leave)
            {
                Assert.Equivalent(info, reader.ReadInfo(), strict: true);
            }
        }

        Assert.Equal(["Join a 6", "Leave b 6", "Moved c 0", "UserCommand d 300"], seen);
    }

    [Fact]
    public void CutShort_Anywhere_ThrowsInvalidData()
    {
        var publication = new Publication
        {
            Offset = 300,
            Data = [1, 2, 3],
            Info = new ClientInfo { User = "u", Client = "c" },
            Tags = new Dictionary<string, string> { ["a"] = "1" },
        };
        DeliveryWriter.WritePublication(_output, "channel", "epoch", publication);

        for (var length = 1; length < _output.WrittenCount; length++)
        {
            var cut = _output.WrittenSpan[..length].ToArray();
            Assert.Throws<InvalidDataException>(() => ReadAll(cut));
        }
    }

    [Fact]
    public void CutBodies_ThrowInvalidData()
    {
        var body = new ArrayBufferWriter<byte>();
        var publication = new Publication { Offset = 1, Data = [1], Tags = new Dictionary<string, string> { ["a"] = "1" } };
        DeliveryWriter.WritePublication(body, "c", "e", publication);
        var whole = new DeliveryReader(body.WrittenSpan);
        whole.MoveNext();
        for (var length = 0; length < whole.Body.Length; length++)
        {
            _output.ResetWrittenCount();
            DeliveryWriter.Write(_output, DeliveryKind.Publication, "c", whole.Body[..length]);
            var cut = _output.WrittenSpan.ToArray();
            Assert.Throws<InvalidDataException>(() => ReadAll(cut));
        }
    }

    [Fact]
    public void HugeCounts_ThrowInsteadOfAllocating()
    {
        // An epoch of no bytes, offset 1, the flag for tags, and then as many tags as a number can say.
        byte[] body = [0, 1, 4, 0xff, 0xff, 0xff, 0xff, 0x7f];
        DeliveryWriter.Write(_output, DeliveryKind.Publication, "c", body);
        var bytes = _output.WrittenSpan.ToArray();

        Assert.Throws<InvalidDataException>(() => ReadAll(bytes));
    }

    [Fact]
    public void RandomBytes_AreReadOrRefused()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)random.Next(0, 7);
            }

            try
            {
                ReadAll(bytes);
            }
            catch (InvalidDataException)
            {
                // The one exception that readers expect.
            }
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        var reader = new DeliveryReader(bytes);
        while (reader.MoveNext())
        {
            if (reader.Kind is DeliveryKind.Publication)
            {
                reader.ReadPublication(out _);
            }
            else if (reader.Kind is DeliveryKind.Join or DeliveryKind.Leave)
            {
                reader.ReadInfo();
            }
        }
    }
}
