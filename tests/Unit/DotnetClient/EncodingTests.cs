using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using FossilDelta = WsCluster.Gateway.Subscriptions.FossilDelta;
using WsCluster.Tests.Unit.Protocol;

namespace WsCluster.Tests.Unit.DotnetClient;

using WsCluster.Client;
using WsCluster.Client.Protocol;
using WsCluster.Client.Subscriptions;

/// <summary>Both encodings of the client say the same, and the gateway's codecs agree.</summary>
public sealed class EncodingTests
{
    private static readonly JsonCodec Json = new();
    private static readonly ProtobufCodec Protobuf = new();

    private static readonly Dictionary<string, Command> Commands = new()
    {
        ["pong"] = new Command(),
        ["connect"] = new Command
        {
            Id = 1,
            Connect = new ConnectRequest(
                "token", "[1]"u8.ToArray(), new Dictionary<string, IOutgoing> { ["a"] = new SubscribeRequest { Recover = new StreamPosition(7, "e") } }, "dotnet", "1.2")
            {
                Headers = new Dictionary<string, string> { ["x"] = "y" },
            },
        },
        ["subscribe"] = new Command
        {
            Id = 2,
            Subscribe = new SubscribeRequest
            {
                Channel = "news",
                Token = "t",
                Recover = new StreamPosition(ulong.MaxValue, "e"),
                Data = "null"u8.ToArray(),
                Positioned = true,
                Recoverable = true,
                JoinLeave = true,
                Delta = true,
                TagsFilter = TagsFilter.All(TagsFilter.In("a", "1", "2"), TagsFilter.Not(TagsFilter.Above("b", 1.5m)), TagsFilter.Any(TagsFilter.Exists("c"))),
            },
        },
        ["recover from the beginning"] = new Command { Id = 2, Subscribe = new SubscribeRequest { Channel = "news", Recover = StreamPosition.None } },
        ["unsubscribe"] = new Command { Id = 300, Unsubscribe = new ChannelRequest("news") },
        ["publish"] = new Command { Id = 4, Publish = new PublishRequest("Grüße", "{\"a\":\"😀\"}"u8.ToArray()) },
        ["presence"] = new Command { Id = 5, Presence = new ChannelRequest("news") },
        ["presence_stats"] = new Command { Id = 6, PresenceStats = new ChannelRequest("news") },
        ["history"] = new Command { Id = 7, History = new HistoryRequest("news", new HistoryQuery { Limit = -1, Since = new StreamPosition(3, "e"), Reverse = true }) },
        ["send"] = new Command { Send = new SendRequest("1"u8.ToArray()) },
        ["rpc"] = new Command { Id = 8, Rpc = new RpcRequest("time", "{}"u8.ToArray()) },
        ["refresh"] = new Command { Id = 9, Refresh = new RefreshRequest("token") },
        ["sub_refresh"] = new Command { Id = 10, SubRefresh = new SubRefreshRequest("news", "token") },
    };

    public static TheoryData<string> CommandNames => [.. Commands.Keys];

    [Theory, MemberData(nameof(CommandNames))]
    public void Append_EveryCommand_IsTheSameToTheGatewayInBothEncodings(string name)
    {
        var json = new ArrayBufferWriter<byte>();
        Json.Append(json, Commands[name]);
        var protobuf = new ArrayBufferWriter<byte>();
        Protobuf.Append(protobuf, Commands[name]);

        var expected = Gateway.Protocol.Wire.Command.Parser.ParseDelimitedFrom(new MemoryStream(protobuf.WrittenSpan.ToArray()));
        Assert.Equal(expected, Frames.ReadJson(Encoding.UTF8.GetString(json.WrittenSpan)));
        Assert.Equal(Frames.Delimited(expected).Length, protobuf.WrittenCount); // nothing that the gateway does not know
    }

    [Theory, MemberData(nameof(SampleReplies.Names), MemberType = typeof(SampleReplies))]
    public void Read_EveryReplyOfTheGateway_IsTheSameInBothEncodings(string name)
    {
        var (reply, json) = SampleReplies.All[name];
        Assert.Equal(Describe(Json, Encoding.UTF8.GetBytes(json)), Describe(Protobuf, Frames.Delimited(reply)));
    }

    [Fact]
    public void Read_SeveralReplies_AreAllThere()
    {
        var replies = new List<Reply>();
        Json.Read("{\"id\":1}\n{}\n{\"id\":2,\"unknown\":{\"a\":[1]}}\n"u8, replies);
        Assert.Equal([1u, 0u, 2u], replies.Select(r => r.Id));
        var frame = new ArrayBufferWriter<byte>();
        Json.Append(frame, Commands["presence"]);
        Json.Append(frame, Commands["pong"]);
        Assert.Equal("{\"id\":5,\"presence\":{\"channel\":\"news\"}}\n{}", Encoding.UTF8.GetString(frame.WrittenSpan));
    }

    [Fact]
    public void Read_AnyBytes_EndsOneWayOrTheOther()
    {
        var random = new Random(4711);
        foreach (var codec in new ICodec[] { Json, Protobuf })
        {
            foreach (var (reply, json) in SampleReplies.All.Values)
            {
                for (var i = 0; i < 200; i++)
                {
                    var frame = codec == Json ? Encoding.UTF8.GetBytes(json) : Frames.Delimited(reply);
                    frame[random.Next(frame.Length)] = (byte)random.Next(256);
                    try
                    {
                        codec.Read(frame.AsSpan(0, random.Next(frame.Length + 1)), []);
                    }
                    catch (Exception e)
                    {
                        Assert.True(e is FormatException or JsonException or InvalidOperationException or OverflowException, $"{e}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Apply_DeltasOfTheGateway_GivesTheTarget()
    {
        var random = new Random(42);
        var applied = 0;
        for (var i = 0; i < 500; i++)
        {
            var source = new byte[random.Next(2000)];
            random.NextBytes(source);
            var target = source.ToArray();
            for (var change = random.Next(20); change > 0 && target.Length > 0; change--)
            {
                target[random.Next(target.Length)] = (byte)random.Next(256);
            }

            target = [.. target, .. source.Take(random.Next(200))];
            if (FossilDelta.TryCreate(source, target, out var delta))
            {
                applied++;
                Assert.Equal(target, FossilPatch.Apply(source, delta));
                delta[random.Next(delta.Length)] ^= (byte)(1 << random.Next(7));
                try
                {
                    FossilPatch.Apply(source, delta.AsSpan(0, random.Next(delta.Length + 1)));
                }
                catch (FormatException)
                {
                    // What does not fit is noticed; nothing else may happen.
                }
            }
        }

        Assert.True(applied > 300, $"only {applied} deltas");
    }

    private static string Describe(ICodec codec, byte[] frame)
    {
        var replies = new List<Reply>();
        codec.Read(frame, replies);
        return JsonSerializer.Serialize(Assert.Single(replies));
    }
}
