using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WirePublish = WsCluster.Gateway.Protocol.Wire.PublishRequest;

namespace WsCluster.Bench.Micro;

/// <summary>What a command costs to read, and a push to encode and frame: the latter once for all subscribers of a protocol.</summary>
public class CodecBenchmarks
{
    private byte[] _json = [];
    private byte[] _protobuf = [];
    private byte[] _payload = [];

    [GlobalSetup]
    public void Setup()
    {
        var command = new Command { Id = 7, Publish = new WirePublish { Channel = Sample.Channel, Data = ByteString.CopyFrom(Sample.Data) } };
        _json = [.. "{\"id\":7,\"publish\":{\"channel\":\"channel:120\",\"data\":"u8, .. Sample.Data, .. "}}"u8];
        using var stream = new MemoryStream();
        command.WriteDelimitedTo(stream);
        _protobuf = stream.ToArray();
        ProtocolCodecs.Json.TryEncode(Sample.Push, deltaData: false, out _payload);
    }

    [Benchmark]
    public object ReadPublish_Json() => Read(ProtocolCodecs.Json, _json);

    [Benchmark]
    public object ReadPublish_Protobuf() => Read(ProtocolCodecs.Protobuf, _protobuf);

    [Benchmark]
    public int EncodePush_Json() => Encode(ProtocolCodecs.Json);

    [Benchmark]
    public int EncodePush_Protobuf() => Encode(ProtocolCodecs.Protobuf);

    [Benchmark]
    public object BuildFrame() => OutboundMessage.Create(_payload, ProtocolKind.Json);

    private static Command Read(IProtocolCodec codec, byte[] bytes)
    {
        ReadOnlyMemory<byte> frame = bytes;
        return codec.ReadCommand(ref frame, out var command) == CommandReadStatus.Command ? command! : throw new InvalidOperationException("No command.");
    }

    private static int Encode(IProtocolCodec codec) =>
        codec.TryEncode(Sample.Push, deltaData: false, out var message) ? message.Length : throw new InvalidOperationException("Not encoded.");
}
