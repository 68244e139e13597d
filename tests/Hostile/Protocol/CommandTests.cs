using System.Text;
using System.Text.Json.Nodes;
using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Protocol;

/// <summary>The reactions that the protocol has for wrong commands (protocol §28 and §29).</summary>
public sealed class CommandTests(HostileGateway gateway) : HostileTest(gateway)
{
    private const int BadRequest = 3501;

    public static TheoryData<string> Names => NamesOf(CommandCases.All);

    [Theory, MemberData(nameof(Names))]
    public async Task Command_Wrong_HasItsOutcome(string name)
    {
        var (text, outcome) = CommandCases.All[name];
        using var peer = await Peer.ConnectAsync(Gateway);
        var bytes = text.Contains('\u00FF', StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
        await peer.SendAsync(Frame.Of(Frame.TextOpcode, bytes));
        if (outcome >= 1000)
        {
            Assert.Equal(outcome, await peer.ReadCloseAsync());
            return;
        }

        var frame = await peer.ReadMessageAsync();
        var reply = JsonNode.Parse(frame.Text.Split('\n')[0])!;
        Assert.Equal(outcome, (int?)reply["error"]?["code"] ?? 0);
        Assert.Equal(2, (int?)reply["id"]);
        await peer.CommandAsync(3, "\"unsubscribe\":{\"channel\":\"none\"}"); // it lives
    }

    [Theory]
    [InlineData("""{"id":1,"subscribe":{"channel":"a"}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"a","data":"hunter2-payload"}}""")]
    [InlineData("""{"id":1,"history":{"channel":"chat:a"}}""")]
    [InlineData("""{"id":1,"presence":{"channel":"chat:a"}}""")]
    [InlineData("""{"id":1,"rpc":{"method":"a"}}""")]
    [InlineData("""{"id":1,"refresh":{"token":"a"}}""")]
    [InlineData("""{"send":{"data":"hunter2-payload"}}""")]
    [InlineData("""{"connect":{}}""")] // no id
    [InlineData("{}")]
    public async Task Command_BeforeConnect_Closes(string command)
    {
        using var peer = await Peer.UpgradeAsync(Gateway);
        await peer.SendAsync(Frame.Text(command));
        Assert.Equal(BadRequest, await peer.ReadCloseAsync());
    }

    [Theory]
    [InlineData("01")] // a length without its message
    [InlineData("00")] // a message of nothing
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF01")] // a length that does not end
    [InlineData("FFFFFFFF0F")] // four gigabytes to come
    [InlineData("FFFFFFFFFFFFFFFFFF01")] // a negative length
    [InlineData("020F01")] // wire type 7
    [InlineData("020B00")] // a group begins and does not end
    [InlineData("010C")] // a group ends that has not begun
    [InlineData("020001")] // field number zero
    [InlineData("0522FFFFFFFF")] // a field beyond the end of its message
    [InlineData("0C08FFFFFFFFFFFFFFFFFFFFFF")] // an id that does not end
    [InlineData("0608012A020A05")] // a string beyond the end of its field
    [InlineData("0808012A040A02C328")] // a string that is not UTF-8
    public async Task Protobuf_Malformed_Closes(string hex)
    {
        using var peer = await ConnectProtobufAsync();
        await peer.SendAsync(Frame.Of(Frame.BinaryOpcode, Convert.FromHexString(hex)));
        Assert.Equal(BadRequest, await peer.ReadCloseAsync());
    }

    [Fact]
    public async Task Protobuf_GroupsNestedThousandsDeep_Closes()
    {
        using var peer = await ConnectProtobufAsync();
        byte[] command = [.. Enumerable.Repeat<byte>(0xFB, 20_000)]; // groups in groups
        await peer.SendAsync(Frame.Of(Frame.BinaryOpcode, [0xA0, 0x9C, 0x01, .. command]));
        Assert.Equal(BadRequest, await peer.ReadCloseAsync());
    }

    [Fact]
    public async Task Pongs_TenThousand_Closes()
    {
        using var peer = await Peer.ConnectAsync(Gateway);
        await peer.SendAsync(Frame.Text(string.Join('\n', Enumerable.Repeat("{}", 10_000))));
        Assert.Equal(BadRequest, await peer.ReadCloseAsync());
    }

    [Fact]
    public async Task Random_FramesOfNoise_EndTheConnectionAndNothingElse()
    {
        var random = new Random(20261124);
        for (var i = 0; i < 200; i++)
        {
            using var peer = await Peer.ConnectAsync(Gateway);
            var noise = new byte[random.Next(1, 2000)];
            random.NextBytes(noise);
            await peer.SendAsync(noise); // headers, lengths and masks at random
            await peer.SendAsync(Frame.Of(Frame.BinaryOpcode, noise));
        }
    }

    private async Task<Peer> ConnectProtobufAsync()
    {
        var peer = await Peer.UpgradeAsync(Gateway, "Sec-WebSocket-Protocol: centrifuge-protobuf\r\n");
        await peer.SendAsync(Frame.Of(Frame.BinaryOpcode, [0x04, 0x08, 0x01, 0x22, 0x00]));
        Assert.Equal(Frame.BinaryOpcode, (await peer.ReadFrameAsync())?.Opcode);
        return peer;
    }
}
