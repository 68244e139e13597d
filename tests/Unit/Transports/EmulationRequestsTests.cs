using System.Text;
using Google.Protobuf;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Transports.Emulation;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>What clients without a WebSocket post.</summary>
public sealed class EmulationRequestsTests
{
    [Fact]
    public void Decode_Json_TakesTheTextOfTheString()
    {
        var request = Decode("""{"node":"n","other":[1],"session":"s","data":"{\"id\":1}\n{\"id\":2,\"x\":\"ä\"}"}""");

        Assert.Equal(new EmulationRequest { Node = "n", Session = "s", Data = ByteString.CopyFromUtf8("{\"id\":1}\n{\"id\":2,\"x\":\"ä\"}") }, request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"node":"n","session":"s","data":{"id":1}}""")]
    [InlineData("""{"node":1,"session":"s","data":""}""")]
    [InlineData("""{"node":"n","session":"s","data":"\ud800"}""")]
    [InlineData("""{"node":"n"} x""")]
    public void Decode_BadJson_IsNull(string body) => Assert.Null(Decode(body));

    [Fact]
    public void Decode_Protobuf_TakesTheBytes()
    {
        var request = new EmulationRequest { Node = "n", Session = "s", Data = ByteString.CopyFrom(0, 255) };

        Assert.Equal(request, EmulationRequests.Decode(request.ToByteArray(), isProtobuf: true));
    }

    [Fact]
    public void Decode_BadProtobuf_IsNull() => Assert.Null(EmulationRequests.Decode([0xFF, 0xFF], isProtobuf: true));

    private static EmulationRequest? Decode(string body) => EmulationRequests.Decode(Encoding.UTF8.GetBytes(body), isProtobuf: false);
}
