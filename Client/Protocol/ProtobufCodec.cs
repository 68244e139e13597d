using System.Buffers;

namespace WsCluster.Client.Protocol;

/// <summary>Protobuf: each message of a frame has its length before it.</summary>
internal sealed class ProtobufCodec : ICodec
{
    public string? Subprotocol => "centrifuge-protobuf";

    public bool IsText => false;

    public void Append(ArrayBufferWriter<byte> frame, Command command)
    {
        var message = new ArrayBufferWriter<byte>(256);
        command.Write(new ProtobufFieldWriter(message));
        new ProtobufFieldWriter(frame).Varint((ulong)message.WrittenCount);
        frame.Write(message.WrittenSpan);
    }

    public void Read(ReadOnlySpan<byte> frame, List<Reply> into)
    {
        var messages = new ProtobufFieldReader(frame);
        while (!messages.AtEnd)
        {
            var message = new ProtobufFieldReader(messages.Delimited());
            into.Add(Reply.Read(ref message));
        }
    }
}
