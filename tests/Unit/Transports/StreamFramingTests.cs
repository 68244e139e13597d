using System.Buffers;
using System.Text;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Transports.Streams;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>How messages are cut apart in a long response (protocol §24).</summary>
public sealed class StreamFramingTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Theory]
    [InlineData("{}", "{}\n")]
    [InlineData("{\"id\":1}\n{\"id\":2}", "{\"id\":1}\n{\"id\":2}\n")]
    public void WriteStream_Json_EndsEveryMessageWithANewline(string messages, string expected)
    {
        StreamFraming.WriteStream(_output, Encoding.UTF8.GetBytes(messages), ProtocolKind.Json);

        Assert.Equal(expected, Encoding.UTF8.GetString(_output.WrittenSpan));
    }

    [Fact]
    public void WriteStream_Protobuf_AddsNothing()
    {
        byte[] messages = [0, 2, 8, 10];

        StreamFraming.WriteStream(_output, messages, ProtocolKind.Protobuf);

        Assert.Equal(messages, _output.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData("{}", "data: {}\n\n")]
    [InlineData("{\"id\":1}\n{\"id\":2}", "data: {\"id\":1}\n\ndata: {\"id\":2}\n\n")]
    public void WriteEvents_EveryMessage_IsAnEvent(string messages, string expected)
    {
        StreamFraming.WriteEvents(_output, Encoding.UTF8.GetBytes(messages));

        Assert.Equal(expected, Encoding.UTF8.GetString(_output.WrittenSpan));
    }
}
