using WsCluster.Tests.Hostile.Harness;
using WsCluster.Tests.Hostile.Tokens;

namespace WsCluster.Tests.Hostile.Deflate;

/// <summary>
/// permessage-deflate where it is on: who gets it, what it does, and that what inflates has the limits of everything else.
/// </summary>
public sealed class DeflateTests(HostileGateway gateway) : HostileTest(gateway)
{
    private const int ProtocolError = 1002;
    private const int NotUtf8 = 1007;
    private const int DoesNotInflate = 1007;
    private const int TooBig = 1009;

    [Theory]
    [InlineData(Way.Plain)]
    [InlineData(Way.Framework)]
    [InlineData(Way.Tls)]
    [InlineData(Way.Http2)]
    public async Task Messages_Compressed_AreAnsweredCompressed(Way way)
    {
        using var peer = await CompressedPeer.ConnectAsync(Gateway, way);
        var text = new string('x', 20_000);
        for (var i = 0; i < 3; i++) // each message stands for itself
        {
            await peer.SendAsync(CompressedPeer.Message(Frame.Publish(System.Text.Encoding.UTF8.GetBytes(text))));
            Assert.Equal("{\"id\":2,\"publish\":{}}", CompressedPeer.Inflate(await peer.ReadMessageAsync()).Split('\n')[0]);
        }

        await peer.SendAsync(CompressedPeer.Message("{\"id\":3,\"subscribe\":{\"channel\":\"deflate\"}}"u8));
        Assert.StartsWith("{\"id\":3,", CompressedPeer.Inflate(await peer.ReadMessageAsync()), StringComparison.Ordinal);
        await peer.SendAsync(CompressedPeer.Message([.. "{\"id\":4,\"publish\":{\"channel\":\"deflate\",\"data\":\""u8, .. System.Text.Encoding.UTF8.GetBytes(text), .. "\"}}"u8]));
        ServerFrame push;
        string message;
        do
        {
            push = await peer.ReadMessageAsync();
            message = CompressedPeer.Inflate(push);
        }
        while (!message.Contains("\"pub\":", StringComparison.Ordinal));

        Assert.True(push.IsCompressed);
        Assert.InRange(push.Payload.Length, 1, 2000);
        Assert.Contains(text, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_SmallOnes_GoAsTheyAre()
    {
        using var peer = await CompressedPeer.ConnectAsync(Gateway);
        await peer.SendAsync(Frame.Text("{\"id\":2,\"unsubscribe\":{\"channel\":\"none\"}}")); // and so may the client's

        Assert.False((await peer.ReadMessageAsync()).IsCompressed);
    }

    public static TheoryData<string> Strangers => ["none", "empty", "garbage", "forged", "expired", "alg none", "a subscription token", "nobody's"];

    [Theory, MemberData(nameof(Strangers))]
    public async Task Handshake_WithoutAValidToken_GetsNoCompression(string who)
    {
        var expired = Token.Claims(("exp", Token.Now(-300)));
        var token = who switch
        {
            "none" => null,
            "empty" => "",
            "garbage" => "hunter2-payload",
            "forged" => Token.Hs256(Token.Claims(), "another secret of thirty-two characters"),
            "expired" => Token.Hs256(expired, Gateway.HmacSecret),
            "alg none" => Token.Of("""{"alg":"none"}""", Token.Claims(), _ => []),
            "a subscription token" => Token.Hs256(Token.Claims(("channel", "chat:1")), Gateway.HmacSecret),
            _ => Token.Hs256("{}", Gateway.HmacSecret),
        };
        var (peer, head) = await Peer.TryUpgradeAsync(
            Gateway, "Sec-WebSocket-Extensions: permessage-deflate\r\n" + (token is null ? "" : $"Authorization: Bearer {token}\r\n"));
        using (peer)
        {
            Assert.DoesNotContain("Sec-WebSocket-Extensions", head, StringComparison.OrdinalIgnoreCase);
            await peer.SendAsync(CompressedPeer.Message("{\"id\":1,\"connect\":{}}"u8));
            Assert.Equal(ProtocolError, await peer.ReadCloseAsync());
        }
    }

    [Fact]
    public async Task Handshake_WithItsTokenInTheAddress_GetsCompression()
    {
        var token = Token.Hs256(Token.Claims(("exp", Token.Now(300))), Gateway.HmacSecret);
        using var peer = await Peer.OpenAsync(Gateway);
        await peer.SendAsync(Peer.Handshake(Gateway, "Sec-WebSocket-Extensions: permessage-deflate\r\n")
            .Replace("/connection/websocket", $"/connection/websocket?cf_token={token}", StringComparison.Ordinal));

        Assert.Contains("permessage-deflate", await peer.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("permessage-deflate", "")]
    [InlineData("permessage-deflate; client_max_window_bits", "")]
    [InlineData("permessage-deflate; client_max_window_bits=8", "")]
    [InlineData("permessage-deflate; server_max_window_bits=15", "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=9, permessage-deflate; client_max_window_bits", "")]
    [InlineData("permessage-bzip2, permessage-deflate", "")]
    [InlineData("permessage-deflate; server_max_window_bits=8", null)]
    [InlineData("permessage-deflate; server_max_window_bits=14", null)]
    [InlineData("permessage-deflate; server_max_window_bits=99999999999", null)]
    [InlineData("permessage-deflate; server_max_window_bits", null)]
    [InlineData("permessage-deflate; client_max_window_bits=0", null)]
    [InlineData("permessage-deflate; client_max_window_bits=16", null)]
    [InlineData("permessage-deflate; server_max_window_bits=\"", null)]
    [InlineData("permessage-deflate; no_such_parameter=1", null)]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover", null)]
    [InlineData("permessage-bzip2", null)]
    [InlineData("x-webkit-deflate-frame", null)]
    [InlineData(";;,,;=,", null)]
    public async Task Handshake_Offer_IsTakenWithoutContextOrDeclined(string offer, string? added)
    {
        var (peer, head) = await Peer.TryUpgradeAsync(Gateway, CompressedPeer.Headers(Gateway, $"Sec-WebSocket-Extensions: {offer}\r\n"));
        using (peer)
        {
            Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
            var answer = head.Split("\r\n").SingleOrDefault(line => line.StartsWith("Sec-WebSocket-Extensions:", StringComparison.OrdinalIgnoreCase));
            Assert.Equal(
                added is null ? null : $"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover{added}", answer);
            await peer.CommandAsync(1, "\"connect\":{}"); // plain messages work either way
            if (added is null)
            {
                await peer.SendAsync(CompressedPeer.Message("{\"id\":2,\"unsubscribe\":{\"channel\":\"none\"}}"u8));
                Assert.Equal(ProtocolError, await peer.ReadCloseAsync());
            }
        }
    }

    [Fact]
    public async Task Handshake_OffersInTwoHeaders_AreOneList()
    {
        var (peer, head) = await Peer.TryUpgradeAsync(
            Gateway, CompressedPeer.Headers(Gateway, "Sec-WebSocket-Extensions: permessage-bzip2\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"));
        using (peer)
        {
            Assert.Contains("Sec-WebSocket-Extensions: permessage-deflate;", head, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Control_BetweenCompressedFragments_IsAnswered()
    {
        using var peer = await CompressedPeer.ConnectAsync(Gateway);
        var command = CompressedPeer.Compress("{\"id\":2,\"unsubscribe\":{\"channel\":\"none\"}}"u8);
        await peer.SendAsync(Frame.Of(Frame.TextOpcode, command.AsSpan(0, 9), final: false, rsv: CompressedPeer.Rsv1));
        await peer.SendAsync(Frame.Of(Frame.PingOpcode, "between"u8));
        Assert.Equal("between", (await peer.ReadMessageAsync()).Text);
        await peer.SendAsync(Frame.Of(Frame.ContinuationOpcode, command.AsSpan(9)));

        Assert.Equal("{\"id\":2,\"unsubscribe\":{}}", CompressedPeer.Inflate(await peer.ReadMessageAsync()));
    }

    public static TheoryData<string, Way> BadNames => OnEachWay(BadCases);

    private static readonly Dictionary<string, (byte[][] Writes, int Code)> BadCases = new()
    {
        ["10 MB in 10 KB"] = ([Frame.Of(Frame.TextOpcode, CompressedPeer.Compress(new byte[10_000_000]), rsv: CompressedPeer.Rsv1)], TooBig),
        ["60 MB in 60 KB"] = ([Frame.Of(Frame.BinaryOpcode, CompressedPeer.Compress(new byte[60_000_000]), rsv: CompressedPeer.Rsv1)], TooBig),
        ["one byte too many"] = ([CompressedPeer.Message(Frame.PublishOf(65_537))], TooBig),
        ["a bomb in fragments"] = (Fragments(CompressedPeer.Compress(new byte[10_000_000]), 1000), TooBig),
        ["a bomb without an end"] = ([Frame.Of(Frame.TextOpcode, CompressedPeer.Compress(new byte[10_000_000]), final: false, rsv: CompressedPeer.Rsv1)], TooBig),
        ["bytes that are not UTF-8"] = ([CompressedPeer.Message([0x22, 0xC3, 0x28, 0x22])], NotUtf8),
        ["a bit on a fragment that follows"] = (
            [
                Frame.Of(Frame.TextOpcode, CompressedPeer.Compress("{\"id\":2"u8), final: false, rsv: CompressedPeer.Rsv1),
                Frame.Of(Frame.ContinuationOpcode, CompressedPeer.Compress("}"u8), rsv: CompressedPeer.Rsv1),
            ],
            ProtocolError),
        ["a close frame with the bit"] = ([Frame.Of(Frame.CloseOpcode, Frame.ClosePayload(1000, []), rsv: CompressedPeer.Rsv1)], ProtocolError),
        ["a ping with the bit"] = ([Frame.Of(Frame.PingOpcode, CompressedPeer.Compress("a"u8), rsv: CompressedPeer.Rsv1)], ProtocolError),
        ["a pong with the bit"] = ([Frame.Of(Frame.PongOpcode, [], rsv: CompressedPeer.Rsv1)], ProtocolError),
        ["a ping with the bit between fragments"] = (
            [
                Frame.Of(Frame.TextOpcode, CompressedPeer.Compress("{\"id\":2"u8), final: false, rsv: CompressedPeer.Rsv1),
                Frame.Of(Frame.PingOpcode, [], rsv: CompressedPeer.Rsv1),
            ],
            ProtocolError),
        ["the bit on a fragment of a plain message"] = (
            [Frame.Of(Frame.TextOpcode, "{\"id\":2"u8, final: false), Frame.Of(Frame.ContinuationOpcode, CompressedPeer.Compress("}"u8), rsv: CompressedPeer.Rsv1)],
            ProtocolError),
        ["the second bit"] = ([Frame.Of(Frame.TextOpcode, CompressedPeer.Compress("{}"u8), rsv: CompressedPeer.Rsv1 | 2)], ProtocolError),
        ["the third bit"] = ([Frame.Of(Frame.TextOpcode, CompressedPeer.Compress("{}"u8), rsv: CompressedPeer.Rsv1 | 1)], ProtocolError),
        ["a message of nothing"] = ([CompressedPeer.Message([])], 3501),
        ["a command that is none"] = ([CompressedPeer.Message("hunter2-payload"u8)], 3501),
        ["noise"] = ([Frame.Of(Frame.TextOpcode, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], rsv: CompressedPeer.Rsv1)], DoesNotInflate),
        ["an invalid block"] = ([Frame.Of(Frame.TextOpcode, [0x07], rsv: CompressedPeer.Rsv1)], DoesNotInflate),
        ["a distance beyond the start"] = ([Frame.Of(Frame.TextOpcode, [0x03, 0x86, 0x7F, 0x12, 0x34], rsv: CompressedPeer.Rsv1)], DoesNotInflate),
        ["a message that ends within a block"] = ([Frame.Of(Frame.TextOpcode, CompressedPeer.Compress(Frame.Publish("cut"u8)).AsSpan(0, 9), rsv: CompressedPeer.Rsv1)], DoesNotInflate),
        ["no byte at all"] = ([Frame.Of(Frame.TextOpcode, [], rsv: CompressedPeer.Rsv1)], DoesNotInflate),
        ["the window of the message before"] = ([CompressedPeer.Message(Frame.Publish("window"u8)), Frame.Of(Frame.TextOpcode, [0x03, 0x42, 0x00, 0x00], rsv: CompressedPeer.Rsv1)], DoesNotInflate),
        ["blocks of nothing without end"] = (
            [.. Enumerable.Range(0, 30).Select(i => Frame.Of(
                i == 0 ? Frame.TextOpcode : Frame.ContinuationOpcode, Repeated([0x00, 0x00, 0x00, 0xFF, 0xFF], 1000), final: false, rsv: i == 0 ? CompressedPeer.Rsv1 : 0))],
            TooBig),
    };

    [Theory, MemberData(nameof(BadNames))]
    public async Task Message_Bad_ClosesAndCostsNoMore(string name, Way way)
    {
        var (writes, code) = BadCases[name];
        using var peer = await CompressedPeer.ConnectAsync(Gateway, way);
        foreach (var write in writes)
        {
            await peer.SendAsync(write);
        }

        Assert.Equal(code, await peer.ReadCloseAsync());
    }

    [Fact]
    public async Task Bomb_ThatGoesOn_IsNotInflatedFurther()
    {
        using var peer = await CompressedPeer.ConnectAsync(Gateway);
        var piece = CompressedPeer.Compress(new byte[10_000_000]);
        await peer.SendAsync(Frame.Of(Frame.TextOpcode, piece, final: false, rsv: CompressedPeer.Rsv1));
        for (var i = 0; i < 200; i++) // two gigabytes, if anybody looked
        {
            await peer.SendAsync(Frame.Of(Frame.ContinuationOpcode, piece, final: false));
        }

        Assert.True(await peer.ReadCloseAsync() is TooBig or null); // the code, unless a reset was faster
    }

    /// <summary>A publication is compressed once, for connections however they came.</summary>
    [Fact]
    public async Task Publication_OnEachWay_HasTheSameBytes()
    {
        var frames = new List<byte[]>();
        var peers = new List<Peer>();
        foreach (var way in Enum.GetValues<Way>().Where(way => way != Way.Framework)) // which is another process
        {
            peers.Add(await CompressedPeer.ConnectAsync(Gateway, way));
            await peers[^1].SendAsync(CompressedPeer.Message("{\"id\":2,\"subscribe\":{\"channel\":\"deflate-ways\"}}"u8));
            Assert.StartsWith("{\"id\":2,", CompressedPeer.Inflate(await peers[^1].ReadMessageAsync()), StringComparison.Ordinal);
        }

        await peers[0].SendAsync(Frame.Text($"{{\"id\":3,\"publish\":{{\"channel\":\"deflate-ways\",\"data\":\"{new string('y', 2000)}\"}}}}"));
        foreach (var peer in peers)
        {
            ServerFrame frame;
            do
            {
                frame = await peer.ReadMessageAsync();
            }
            while (!CompressedPeer.Inflate(frame).Contains("yyyy", StringComparison.Ordinal));
            frames.Add([frame.FirstByte, .. frame.Payload]);
            Assert.True(frame.IsCompressed);
            peer.Dispose();
        }

        Assert.All(frames, frame => Assert.Equal(frames[0], frame));
    }

    [Fact]
    public async Task Connection_ThatNeverConnects_IsClosed()
    {
        const int Stale = 3502;
        using var peer = await CompressedPeer.UpgradeAsync(Gateway);

        Assert.Equal(Stale, await peer.ReadCloseAsync());
    }

    private static byte[] Repeated(byte[] bytes, int times) => [.. Enumerable.Repeat(bytes, times).SelectMany(part => part)];

    private static byte[][] Fragments(byte[] compressed, int size) =>
    [
        .. compressed.Chunk(size).Select((part, i) => Frame.Of(
            i == 0 ? Frame.BinaryOpcode : Frame.ContinuationOpcode, part, final: (i + 1) * size >= compressed.Length, rsv: i == 0 ? CompressedPeer.Rsv1 : 0)),
    ];
}
