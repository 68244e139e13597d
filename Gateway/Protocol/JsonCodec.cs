using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>JSON messages, one per line (protocol §2 and §3).</summary>
internal sealed class JsonCodec : IProtocolCodec
{
    /// <inheritdoc/>
    public ProtocolKind Kind => ProtocolKind.Json;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Separator => "\n"u8;

    /// <inheritdoc/>
    public CommandReadStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command, int maxJsonDepth = JsonInput.DefaultMaxDepth)
    {
        if (frame.IsEmpty)
        {
            command = null;
            return CommandReadStatus.End;
        }

        // A newline ends a line rather than starting one, so that one after the last command leaves nothing behind. Any
        // other empty line is read as a command, and is none.
        var newline = frame.Span.IndexOf((byte)'\n');
        var line = newline < 0 ? frame : frame[..newline];
        frame = newline < 0 ? default : frame[(newline + 1)..];

        return JsonCommandReader.TryRead(line.Span, out command, maxJsonDepth) ? CommandReadStatus.Command : JsonDepth.Fault(line.Span, maxJsonDepth);
    }

    /// <inheritdoc/>
    public bool TryEncode(Reply reply, bool deltaData, out byte[] message)
    {
        using var json = new JsonOutput();
        JsonReplyWriter.Write(json, reply, deltaData);

        message = json.IsValid ? json.ToArray() : [];
        return json.IsValid;
    }
}
