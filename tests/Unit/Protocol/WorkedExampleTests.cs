using System.Text;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

using ClientInfo = WsCluster.Gateway.Protocol.Wire.ClientInfo;
using Publication = WsCluster.Gateway.Protocol.Wire.Publication;

/// <summary>The session of protocol §30, message by message.</summary>
public sealed class WorkedExampleTests
{
    [Fact]
    public void Client_ConnectAndSubscribeInOneFrame_AreTwoCommands()
    {
        var frame = """
            {"connect":{"token":"<jwt>","name":"js"},"id":1}
            {"subscribe":{"channel":"chat:1","flag":1},"id":2}
            """.ReplaceLineEndings("\n");

        var (commands, last) = ReadAll(ProtocolCodecs.Json, Encoding.UTF8.GetBytes(frame));

        Assert.Equal(CommandReadStatus.End, last);
        Assert.Equal(
            [
                new Command { Id = 1, Connect = new ConnectRequest { Token = "<jwt>", Name = "js" } },
                new Command { Id = 2, Subscribe = new SubscribeRequest { Channel = "chat:1", Flag = 1 } },
            ],
            commands);
    }

    [Fact]
    public void Client_PublishAndRecover_AreRead()
    {
        Assert.Equal(
            new Command { Id = 3, Publish = new Gateway.Protocol.Wire.PublishRequest { Channel = "chat:1", Data = Bytes("""{"t":"yo"}""") } },
            ReadJson("""{"publish":{"channel":"chat:1","data":{"t":"yo"}},"id":3}"""));
        Assert.Equal(
            new Command { Id = 5, Subscribe = new SubscribeRequest { Channel = "chat:1", Recover = true, Epoch = "kQ7z", Offset = 43, Flag = 1 } },
            ReadJson("""{"subscribe":{"channel":"chat:1","recover":true,"epoch":"kQ7z","offset":43,"flag":1},"id":5}"""));
    }

    [Fact]
    public void Server_Replies_AreWritten()
    {
        Assert.Equal(
            """{"id":1,"connect":{"client":"6f0c...","version":"1.0","ping":25,"pong":true}}""",
            WriteJson(new Reply { Id = 1, Connect = new ConnectResult { Client = "6f0c...", Version = "1.0", Ping = 25, Pong = true } }));
        Assert.Equal(
            """{"id":2,"subscribe":{"recoverable":true,"epoch":"kQ7z","offset":41,"positioned":true}}""",
            WriteJson(new Reply { Id = 2, Subscribe = new SubscribeResult { Recoverable = true, Epoch = "kQ7z", Offset = 41, Positioned = true } }));
        Assert.Equal("""{"id":3,"publish":{}}""", WriteJson(new Reply { Id = 3, Publish = new PublishResult() }));
        Assert.Equal("{}", WriteJson(new Reply()));
    }

    [Fact]
    public void Server_Pushes_AreWritten()
    {
        var fromServer = new Push { Channel = "chat:1", Pub = new Publication { Data = Bytes("""{"t":"hi"}"""), Offset = 42 } };
        var fromClient = new Push
        {
            Channel = "chat:1",
            Pub = new Publication { Data = Bytes("""{"t":"yo"}"""), Info = new ClientInfo { User = "7", Client = "6f0c..." }, Offset = 43 },
        };

        Assert.Equal("""{"push":{"channel":"chat:1","pub":{"data":{"t":"hi"},"offset":42}}}""", WriteJson(new Reply { Push = fromServer }));
        Assert.Equal(
            """{"push":{"channel":"chat:1","pub":{"data":{"t":"yo"},"info":{"user":"7","client":"6f0c..."},"offset":43}}}""",
            WriteJson(new Reply { Push = fromClient }));
    }

    [Fact]
    public void Server_Recovery_IsWritten()
    {
        var result = new SubscribeResult
        {
            Recoverable = true,
            Epoch = "kQ7z",
            Publications = { new Publication { Data = Bytes("""{"t":"3"}"""), Offset = 44 } },
            Recovered = true,
            Offset = 43,
            Positioned = true,
            WasRecovering = true,
        };

        Assert.Equal(
            """{"id":5,"subscribe":{"recoverable":true,"epoch":"kQ7z","publications":[{"data":{"t":"3"},"offset":44}],"recovered":true,"offset":43,"positioned":true,"was_recovering":true}}""",
            WriteJson(new Reply { Id = 5, Subscribe = result }));
    }
}
