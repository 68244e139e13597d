using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Bare pushes as JSON; the one frame that comes is a connect request, or nothing for an empty one (protocol §25).</summary>
internal sealed class UnidirectionalJsonCodec : IProtocolCodec
{
    /// <inheritdoc/>
    public ProtocolKind Kind => ProtocolKind.Json;

    /// <inheritdoc/>
    public bool IsUnidirectional => true;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Separator => "\n"u8;

    /// <inheritdoc/>
    public CommandReadStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command, int maxJsonDepth = JsonInput.DefaultMaxDepth)
    {
        var text = frame;
        frame = UnidirectionalFrame.Read;
        if (text.Equals(UnidirectionalFrame.Read))
        {
            command = null;
            return CommandReadStatus.End;
        }

        var request = new ConnectRequest();
        if (!text.IsEmpty && !JsonCommandReader.TryRead(text.Span, JsonConnectReader.Read, out request, maxJsonDepth))
        {
            command = null;
            return JsonDepth.Fault(text.Span, maxJsonDepth);
        }

        command = new Command { Id = 1, Connect = request };
        return CommandReadStatus.Command;
    }

    /// <inheritdoc/>
    public bool TryEncode(Reply reply, bool deltaData, out byte[] message)
    {
        using var json = new JsonOutput();
        JsonPushWriter.Write(json, UnidirectionalPush.From(reply), deltaData);
        message = json.IsValid ? json.ToArray() : [];
        return json.IsValid;
    }
}
