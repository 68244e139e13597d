using Google.Protobuf;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Bare pushes as Protobuf, each with its length before it; the one frame that comes is a connect request alone (protocol §25).</summary>
internal sealed class UnidirectionalProtobufCodec : IProtocolCodec
{
    private static readonly MessageParser<ConnectRequest> Parser = ConnectRequest.Parser.WithDiscardUnknownFields(true);

    /// <inheritdoc/>
    public ProtocolKind Kind => ProtocolKind.Protobuf;

    /// <inheritdoc/>
    public bool IsUnidirectional => true;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Separator => default;

    /// <inheritdoc/>
    public CommandReadStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command, int maxJsonDepth = JsonInput.DefaultMaxDepth)
    {
        command = null;
        var bytes = frame;
        frame = UnidirectionalFrame.Read;
        if (bytes.Equals(UnidirectionalFrame.Read))
        {
            return CommandReadStatus.End;
        }

        try
        {
            command = new Command { Id = 1, Connect = Parser.ParseFrom(bytes.Span) };
            return CommandReadStatus.Command;
        }
        catch (InvalidProtocolBufferException)
        {
            return CommandReadStatus.Malformed;
        }
    }

    /// <inheritdoc/>
    public bool TryEncode(Reply reply, bool deltaData, out byte[] message)
    {
        message = ProtobufCodec.Delimit(UnidirectionalPush.From(reply));
        return true;
    }
}
