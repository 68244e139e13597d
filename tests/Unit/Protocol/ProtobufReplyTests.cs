using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

using Publication = WsCluster.Gateway.Protocol.Wire.Publication;

public sealed class ProtobufReplyTests
{
    [Theory, MemberData(nameof(SampleReplies.Names), MemberType = typeof(SampleReplies))]
    public void TryEncode_EveryReply_ParsesBack(string name)
    {
        var reply = SampleReplies.All[name].Reply;

        var message = Write(reply);

        Assert.Equal(reply, Reply.Parser.ParseDelimitedFrom(new MemoryStream(message)));
        Assert.Equal(Delimited(reply), message);
    }

    [Fact]
    public void TryEncode_Ping_IsOneZeroByte() => Assert.Equal([0x00], Write(new Reply()));

    [Fact]
    public void TryEncode_EmptyResult_IsPresent() => // id 3, publish (field 8) of length 0
        Assert.Equal([0x04, 0x08, 0x03, 0x42, 0x00], Write(new Reply { Id = 3, Publish = new PublishResult() }));

    [Fact]
    public void TryEncode_Publication_HasTheProtocolsNumbers()
    {
        var reply = new Reply { Push = new Push { Channel = "c", Pub = new Publication { Data = Bytes("1"), Offset = 2, Delta = true } } };

        Assert.Equal(
            [0x0E, 0x22, 0x0C, 0x12, 0x01, (byte)'c', 0x22, 0x07, 0x22, 0x01, (byte)'1', 0x30, 0x02, 0x40, 0x01],
            Write(reply));
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public void TryEncode_AnyLength_IsDelimited(int size)
    {
        var reply = new Reply { Rpc = new RpcResult { Data = ByteString.CopyFrom(new byte[size]) } };

        Assert.Equal(reply, Reply.Parser.ParseDelimitedFrom(new MemoryStream(Write(reply))));
    }

    [Fact]
    public void TryEncode_BytesThatAreNotJson_ArePassedOn()
    {
        var reply = new Reply { Push = new Push { Pub = new Publication { Data = ByteString.CopyFrom([0xC3, 0x28, 0x00]) } } };

        Assert.True(ProtocolCodecs.Protobuf.TryEncode(reply, true, out var message));
        Assert.Equal(reply, Reply.Parser.ParseDelimitedFrom(new MemoryStream(message)));
    }

    [Fact]
    public void TryEncode_UnpairedSurrogate_DoesNotThrow() =>
        Assert.Equal("\ufffdx", Reply.Parser.ParseDelimitedFrom(new MemoryStream(Write(new Reply { Push = new Push { Channel = "\ud800x" } }))).Push.Channel);

    private static byte[] Write(Reply reply)
    {
        Assert.True(ProtocolCodecs.Protobuf.TryEncode(reply, false, out var message));
        return message;
    }
}
