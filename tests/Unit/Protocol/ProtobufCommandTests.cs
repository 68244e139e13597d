using System.Text;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

public sealed class ProtobufCommandTests
{
    private static readonly IProtocolCodec Codec = ProtocolCodecs.Protobuf;

    [Theory, MemberData(nameof(SampleCommands.Names), MemberType = typeof(SampleCommands))]
    public void ReadCommand_EveryMember_IsRead(string name)
    {
        var expected = SampleCommands.All[name].Command;

        var (commands, last) = ReadAll(Codec, Delimited(expected));

        Assert.Equal(CommandReadStatus.End, last);
        Assert.Equal(expected, Assert.Single(commands));
    }

    [Fact]
    public void ReadCommand_KnownBytes_MeanWhatTheProtocolSays()
    {
        // id 1, subscribe (field 5) with channel "a" and recover.
        byte[] frame = [0x09, 0x08, 0x01, 0x2A, 0x05, 0x0A, 0x01, (byte)'a', 0x18, 0x01];

        var (commands, last) = ReadAll(Codec, frame);

        Assert.Equal(CommandReadStatus.End, last);
        Assert.Equal(
            new Command { Id = 1, Subscribe = new SubscribeRequest { Channel = "a", Recover = true } },
            Assert.Single(commands));
    }

    [Fact]
    public void ReadCommand_EmptyFrame_IsEnd() => Assert.Equal(CommandReadStatus.End, FirstStatus(Codec, []));

    [Fact]
    public void ReadCommand_ZeroLength_IsThePong()
    {
        var (commands, last) = ReadAll(Codec, [0x00, 0x00]);

        Assert.Equal(CommandReadStatus.End, last);
        Assert.Equal([new Command(), new Command()], commands);
    }

    [Fact]
    public void ReadCommand_SeveralInOneFrame_ReadsThemInOrder()
    {
        byte[] frame = [.. SampleCommands.All.Values.SelectMany(c => Delimited(c.Command))];

        var (commands, last) = ReadAll(Codec, frame);

        Assert.Equal(CommandReadStatus.End, last);
        Assert.Equal(SampleCommands.All.Values.Select(c => c.Command), commands);
    }

    [Fact]
    public void ReadCommand_LongMessage_HasALongLength()
    {
        var expected = new Command { Publish = new Gateway.Protocol.Wire.PublishRequest { Data = ByteString.CopyFrom(new byte[40_000]) } };

        Assert.Equal(expected, Assert.Single(ReadAll(Codec, Delimited(expected)).Commands));
    }

    [Fact]
    public void ReadCommand_BufferReusedLater_KeepsTheCommand()
    {
        var buffer = Delimited(SampleCommands.All["publish"].Command);
        ReadOnlyMemory<byte> frame = buffer;
        Codec.ReadCommand(ref frame, out var command);

        buffer.AsSpan().Fill(0xEE);

        Assert.Equal(SampleCommands.All["publish"].Command, command);
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })] // length cut off
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })] // 2^32-1
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })] // 2^31-1
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x10, 0x00 })] // 2^32 would be 0 in 32 bits
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00 })] // 2^64-1
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })]
    [InlineData(new byte[] { 0x02, 0x08 })] // longer than the frame
    [InlineData(new byte[] { 0x01, 0x08 })] // the message ends inside a field
    [InlineData(new byte[] { 0x02, 0x08, 0x80 })] // the message ends inside a varint
    [InlineData(new byte[] { 0x02, 0x00, 0x00 })] // field number 0
    [InlineData(new byte[] { 0x02, 0x0F, 0x00 })] // wire type 7
    [InlineData(new byte[] { 0x02, 0x2A, 0x7F })] // a nested message longer than its parent
    [InlineData(new byte[] { 0x01, 0x0C })] // the end of a group that never began
    public void ReadCommand_HostileBytes_AreMalformed(byte[] frame) =>
        Assert.Equal(CommandReadStatus.Malformed, FirstStatus(Codec, frame));

    [Fact]
    public void ReadCommand_InvalidUtf8InString_IsMalformed()
    {
        byte[] frame = [0x06, 0x32, 0x04, 0x0A, 0x02, 0xC3, 0x28]; // unsubscribe with channel C3 28

        Assert.Equal(CommandReadStatus.Malformed, FirstStatus(Codec, frame));
    }

    [Fact]
    public void ReadCommand_DataOfAnyBytes_IsKept()
    {
        byte[] frame = [0x08, 0x3A, 0x06, 0x12, 0x04, 0xC3, 0x28, 0x00, 0xFF]; // publish with 4 bytes of data

        Assert.Equal([0xC3, 0x28, 0x00, 0xFF], Assert.Single(ReadAll(Codec, frame).Commands).Publish.Data.ToByteArray());
    }

    [Fact]
    public void ReadCommand_UnknownFields_AreDropped()
    {
        // subscribe with channel "a" and the experimental cursor (17) and limit (18).
        byte[] frame = [0x0B, 0x2A, 0x09, 0x0A, 0x01, (byte)'a', 0x8A, 0x01, 0x00, 0x90, 0x01, 0x05];

        var command = Assert.Single(ReadAll(Codec, frame).Commands);

        Assert.Equal(new Command { Subscribe = new SubscribeRequest { Channel = "a" } }, command);
    }

    [Fact]
    public void ReadCommand_DeepNesting_IsMalformed()
    {
        var node = new FilterNode();
        for (var depth = 0; depth < 2000; depth++)
        {
            node = new FilterNode { Nodes = { node } };
        }

        var frame = Delimited(new Command { Subscribe = new SubscribeRequest { Tf = node } });

        Assert.Equal(CommandReadStatus.Malformed, FirstStatus(Codec, frame));
    }

    [Fact]
    public void ReadCommand_DeepUnknownGroups_AreMalformed()
    {
        byte[] message = [.. Enumerable.Repeat((byte)0x83, 100).SelectMany(b => new byte[] { b, 0x01 })]; // field 16, group start

        Assert.Equal(CommandReadStatus.Malformed, FirstStatus(Codec, [0xC8, 0x01, .. message]));
    }

    [Fact]
    public void For_EachKind_IsThatCodec()
    {
        Assert.Equal(ProtocolKind.Json, ProtocolCodecs.For(ProtocolKind.Json).Kind);
        Assert.Equal(ProtocolKind.Protobuf, ProtocolCodecs.For(ProtocolKind.Protobuf).Kind);
        Assert.Equal("\n", Encoding.UTF8.GetString(ProtocolCodecs.Json.Separator));
        Assert.True(ProtocolCodecs.Protobuf.Separator.IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => ProtocolCodecs.For((ProtocolKind)2));
    }
}
