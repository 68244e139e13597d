using System.Text;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.BadInput;

/// <summary>
/// What clients must not send, and the answer that the protocol has for it. Afterwards the gateway has logged no error
/// and a well-behaved client still gets its messages.
/// </summary>
[Collection(SharedCluster.Collection)]
public sealed class BadInputTests(SharedCluster shared) : IAsyncLifetime
{
    private const int MaxFrameBytes = 65_536;
    private const int FrameTooBig = 1009;
    private static readonly (int, string) BadRequest = (3501, "bad request");

    private readonly string _channel = $"chat:bad-input-{Guid.NewGuid():N}";
    private WireClient? _witness;

    private GatewayProcess Gateway => shared.Cluster.Gateways[0];

    public async ValueTask InitializeAsync()
    {
        _witness = await WireClient.ConnectAsync(Gateway);
        await _witness.SendAsync($$$"""{"id":2,"subscribe":{"channel":"{{{_channel}}}"}}""");
        Assert.NotNull((await _witness.ReplyAsync(2))["subscribe"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _witness!.SendAsync($$$"""{"id":3,"publish":{"channel":"{{{_channel}}}","data":"still here"}}""");
        Assert.Equal("still here", (string?)(await _witness.PublicationAsync())["data"]);
        await _witness.DisposeAsync();
        Gateway.AssertNoErrors();
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"connect\"")]
    [InlineData("""{"id":1,"connect":{}""")]
    [InlineData("""{"id":1,"connect":[]}""")]
    [InlineData("""{"id":"one","connect":{}}""")]
    [InlineData("""{"id":-1,"connect":{}}""")]
    [InlineData("""{"id":99999999999,"connect":{}}""")]
    [InlineData("""{"id":1,"connect":{}}}""")]
    [InlineData("""{"id":1 "connect":{}}""")]
    public async Task Frame_MalformedJson_Closes(string frame)
    {
        await using var client = await WireClient.OpenAsync(Gateway);
        await client.SendAsync(frame);
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Fact]
    public async Task Frame_JsonNestedThousandsDeep_Closes()
    {
        await using var client = await WireClient.OpenAsync(Gateway);
        await client.SendAsync("""{"id":1,"connect":{"data":""" + new string('[', 20_000) + new string(']', 20_000) + "}}");
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Fact]
    public async Task Frame_GarbageAfterAGoodCommand_AnswersItAndCloses()
    {
        await using var client = await WireClient.OpenAsync(Gateway);
        await client.SendAsync("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"sub");
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Theory]
    [InlineData("01")] // a length without its message
    [InlineData("0A0801")] // a length beyond the end
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF01")] // a length that does not end
    [InlineData("FFFFFFFF0F")] // four gigabytes to come
    [InlineData("020F01")] // wire type 7
    [InlineData("0522FFFFFFFF")] // a field beyond the end of its message
    [InlineData("0408011A00")] // a command with a reserved field only
    public async Task Frame_MalformedProtobuf_Closes(string hex)
    {
        await using var client = await WireClient.OpenAsync(Gateway, protobuf: true);
        await client.SendAsync(Convert.FromHexString(hex));
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Frame_Empty_Closes(bool protobuf)
    {
        await using var client = await WireClient.OpenAsync(Gateway, protobuf);
        await client.SendAsync([]);
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Fact]
    public async Task Frame_EmptyAfterConnect_Closes()
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        await client.SendAsync("");
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Fact]
    public async Task Frame_OfTheLargestSize_IsTaken()
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        var start = """{"id":2,"publish":{"channel":"plain:large","data":""" + "\"";
        const string End = "\"}}";
        await client.SendAsync(start + new string('x', MaxFrameBytes - start.Length - End.Length) + End);
        Assert.NotNull((await client.ReplyAsync(2))["publish"]);
    }

    [Theory, InlineData(MaxFrameBytes + 1), InlineData(10 * MaxFrameBytes)]
    public async Task Frame_TooBig_Closes(int bytes)
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        try
        {
            await client.SendAsync(new byte[bytes]);
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            // closed before all of it was sent
        }

        Assert.Equal(FrameTooBig, (await client.CloseAsync()).Code);
    }

    [Theory]
    [InlineData("""{"id":2,"fly":{}}""")]
    [InlineData("""{"id":2}""")]
    [InlineData("""{"id":2,"connect":{}}""")] // a second connect
    [InlineData("""{"subscribe":{"channel":"plain:a"}}""")] // no id
    [InlineData("""{"id":2,"subscribe":{}}""")]
    [InlineData("""{"id":2,"subscribe":{"channel":""}}""")]
    [InlineData("""{"id":2,"subscribe":{"channel":"delta:a","delta":"xdelta"}}""")]
    [InlineData("""{"id":2,"unsubscribe":{}}""")]
    [InlineData("""{"id":2,"publish":{"data":{}}}""")]
    [InlineData("""{"id":2,"presence":{}}""")]
    [InlineData("""{"id":2,"presence_stats":{}}""")]
    [InlineData("""{"id":2,"history":{}}""")]
    [InlineData("""{"id":2,"refresh":{}}""")]
    [InlineData("""{"id":2,"refresh":{"token":"a.b.c"}}""")] // this connection does not expire
    [InlineData("""{"id":2,"sub_refresh":{}}""")]
    [InlineData("{}")] // a pong without a ping
    public async Task Command_AgainstTheProtocol_Closes(string command)
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        await client.SendAsync(command);
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Theory]
    [InlineData("""{"id":1,"subscribe":{"channel":"plain:a"}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"plain:a","data":{}}}""")]
    [InlineData("""{"id":1,"rpc":{"method":"a"}}""")]
    [InlineData("""{"send":{"data":{}}}""")]
    [InlineData("{}")]
    public async Task Command_BeforeConnect_Closes(string command)
    {
        await using var client = await WireClient.OpenAsync(Gateway);
        await client.SendAsync(command);
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Fact]
    public async Task Send_WithoutHandler_Closes()
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        await client.SendAsync("""{"send":{"data":{"a":1}}}""");
        Assert.Equal((3508, "not available"), await client.CloseAsync());
    }

    [Fact]
    public async Task Connect_InvalidToken_Closes()
    {
        await using var client = await WireClient.OpenAsync(Gateway);
        await client.SendAsync("""{"id":1,"connect":{"token":"not.a.token"}}""");
        Assert.Equal((3500, "invalid token"), await client.CloseAsync());
    }

    [Theory]
    [InlineData("""{"id":2,"subscribe":{"channel":"nowhere:a"}}""", ErrorCode.UnknownChannel)]
    [InlineData("""{"id":2,"subscribe":{"channel":"plain:ä"}}""", ErrorCode.BadRequest)]
    [InlineData("""{"id":2,"subscribe":{"channel":"closed:a"}}""", ErrorCode.PermissionDenied)]
    [InlineData("""{"id":2,"subscribe":{"channel":"$chat:a"}}""", ErrorCode.PermissionDenied)]
    [InlineData("""{"id":2,"subscribe":{"channel":"tagged:a","tf":{"cmp":"eq","key":"a"}}}""", ErrorCode.BadRequest)]
    [InlineData("""{"id":2,"subscribe":{"channel":"plain:a","tf":{"cmp":"eq","key":"a","val":"b"}}}""", ErrorCode.BadRequest)]
    [InlineData("""{"id":2,"subscribe":{"channel":"chat:a","type":1}}""", ErrorCode.PermissionDenied)]
    [InlineData("""{"id":2,"publish":{"channel":"nowhere:a","data":{}}}""", ErrorCode.UnknownChannel)]
    [InlineData("""{"id":2,"publish":{"channel":"plain:a"}}""", ErrorCode.BadRequest)]
    [InlineData("""{"id":2,"publish":{"channel":"closed:a","data":{}}}""", ErrorCode.PermissionDenied)]
    [InlineData("""{"id":2,"presence":{"channel":"plain:a"}}""", ErrorCode.NotAvailable)]
    [InlineData("""{"id":2,"history":{"channel":"plain:a"}}""", ErrorCode.NotAvailable)]
    [InlineData("""{"id":2,"history":{"channel":"open:a","reverse":true,"limit":1,"since":{"offset":0}}}""", ErrorCode.BadRequest)]
    [InlineData("""{"id":2,"rpc":{"method":"anything"}}""", ErrorCode.NotAvailable)]
    [InlineData("""{"id":2,"sub_refresh":{"channel":"plain:none","token":"a.b.c"}}""", ErrorCode.PermissionDenied)]
    public async Task Command_ThatIsRefused_IsAnsweredWithItsErrorAndTheConnectionLives(string command, ErrorCode expected)
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        await client.SendAsync(command);
        Assert.Equal(expected, await client.ErrorAsync(2));
        await client.SendAsync("""{"id":3,"unsubscribe":{"channel":"plain:a"}}""");
        Assert.NotNull((await client.ReplyAsync(3))["unsubscribe"]);
    }

    [Theory, InlineData(255, ErrorCode.None), InlineData(256, ErrorCode.BadRequest), InlineData(60_000, ErrorCode.BadRequest)]
    public async Task Subscribe_LongChannelName_IsTakenUpToTheLimit(int bytes, ErrorCode expected)
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        var name = "plain:".PadRight(bytes, 'x');
        await client.SendAsync($$$"""{"id":2,"subscribe":{"channel":"{{{name}}}"}}""");
        var reply = await client.ReplyAsync(2);
        Assert.Equal(expected, (ErrorCode)((int?)reply["error"]?["code"] ?? 0));
    }

    [Fact]
    public async Task Subscribe_MoreChannelsThanAllowed_IsRefused()
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        await client.SendAsync(string.Join('\n', Enumerable.Range(1, 129)
            .Select(i => $$$"""{"id":{{{i + 1}}},"subscribe":{"channel":"plain:many-{{{i}}}"}}""")));
        Assert.NotNull((await client.ReplyAsync(129))["subscribe"]);
        Assert.Equal(ErrorCode.LimitExceeded, await client.ErrorAsync(130));
    }

    [Fact]
    public async Task Frame_TenThousandPongs_Closes()
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        await client.SendAsync(string.Join('\n', Enumerable.Repeat("{}", 10_000)));
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Fact]
    public async Task Frame_TenThousandUnknownProtobufCommands_Closes()
    {
        await using var client = await WireClient.OpenAsync(Gateway, protobuf: true);
        await client.SendAsync([0x04, 0x08, 0x01, 0x22, 0x00]); // id 1, an empty connect
        Assert.NotNull(await client.ReceiveFrameAsync());
        await client.SendAsync([.. Enumerable.Repeat<byte[]>([0x02, 0x08, 0x02], 10_000).SelectMany(b => b)]);
        Assert.Equal(BadRequest, await client.CloseAsync());
    }

    [Fact]
    public async Task Frame_FullOfGoodCommands_AnswersAllInOrder()
    {
        await using var client = await WireClient.ConnectAsync(Gateway);
        var ids = Enumerable.Range(2, 1500).ToArray();
        var frame = string.Join('\n', ids.Select(id => $$$"""{"id":{{{id}}},"unsubscribe":{"channel":"c"}}"""));
        Assert.InRange(Encoding.UTF8.GetByteCount(frame), MaxFrameBytes * 9 / 10, MaxFrameBytes);
        await client.SendAsync(frame);
        foreach (var id in ids)
        {
            Assert.Equal(id, (int)(await client.ReceiveAsync())["id"]!);
        }
    }
}
