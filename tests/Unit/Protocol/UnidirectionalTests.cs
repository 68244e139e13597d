using System.Text;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Tests.Unit.Protocol;

/// <summary>Bare pushes (protocol §25).</summary>
public sealed class UnidirectionalTests
{
    private static readonly IProtocolCodec Json = ProtocolCodecs.UnidirectionalFor(ProtocolKind.Json);
    private static readonly IProtocolCodec Protobuf = ProtocolCodecs.UnidirectionalFor(ProtocolKind.Protobuf);

    [Fact]
    public void TryEncode_ConnectReply_BecomesAConnectPush()
    {
        var reply = new Reply { Id = 1, Connect = new ConnectResult { Client = "c", Version = "v", Ping = 25, Session = "s", Subs = { ["a"] = new SubscribeResult { Offset = 1 } } } };

        Assert.True(Json.TryEncode(reply, deltaData: false, out var text));
        Assert.Equal("""{"connect":{"client":"c","version":"v","subs":{"a":{"offset":1}},"ping":25,"session":"s"}}""", Encoding.UTF8.GetString(text));
        Assert.True(Protobuf.TryEncode(reply, deltaData: false, out var bytes));
        Assert.Equal("c", Push.Parser.ParseDelimitedFrom(new MemoryStream(bytes)).Connect.Client);
    }

    [Fact]
    public void TryEncode_Ping_IsEmpty()
    {
        Assert.True(Json.TryEncode(new Reply(), deltaData: false, out var text));
        Assert.Equal("{}", Encoding.UTF8.GetString(text));
        Assert.True(Protobuf.TryEncode(new Reply(), deltaData: false, out var bytes));
        Assert.Equal([0], bytes);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{}", "")]
    [InlineData("""{"token":"t"}""", "t")]
    public void ReadCommand_Json_IsOneConnectRequest(string text, string token)
    {
        ReadOnlyMemory<byte> frame = Encoding.UTF8.GetBytes(text);

        Assert.Equal(CommandReadStatus.Command, Json.ReadCommand(ref frame, out var command));
        Assert.Equal(token, command!.Connect.Token);
        Assert.Equal(CommandReadStatus.End, Json.ReadCommand(ref frame, out _));
    }

    [Fact]
    public void ReadCommand_Protobuf_IsOneConnectRequest()
    {
        ReadOnlyMemory<byte> frame = new ConnectRequest { Token = "t" }.ToByteArray();

        Assert.Equal(CommandReadStatus.Command, Protobuf.ReadCommand(ref frame, out var command));
        Assert.Equal("t", command!.Connect.Token);
        Assert.Equal(CommandReadStatus.End, Protobuf.ReadCommand(ref frame, out _));
    }

    [Fact]
    public void ReadCommand_Nonsense_IsMalformed()
    {
        ReadOnlyMemory<byte> text = "[]"u8.ToArray();
        ReadOnlyMemory<byte> bytes = new byte[] { 0xFF };

        Assert.Equal(CommandReadStatus.Malformed, Json.ReadCommand(ref text, out _));
        Assert.Equal(CommandReadStatus.Malformed, Protobuf.ReadCommand(ref bytes, out _));
    }

    [Theory]
    [InlineData(109, false, DisconnectCode.Expired)]
    [InlineData(103, false, DisconnectCode.PermissionDenied)]
    [InlineData(100, true, DisconnectCode.InternalServerError)]
    [InlineData(102, false, DisconnectCode.BadRequest)]
    public void DisconnectFor_ConnectError_SaysWhetherToComeAgain(uint code, bool temporary, DisconnectCode expected) =>
        Assert.Equal(expected, UnidirectionalPush.DisconnectFor(new Error { Code = code, Temporary = temporary }));
}
