using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WsCluster.Client.Protocol;

/// <summary>JSON: messages of a frame are separated by newlines.</summary>
internal sealed class JsonCodec : ICodec
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Subprotocol => null;

    public bool IsText => true;

    public void Append(ArrayBufferWriter<byte> frame, Command command)
    {
        var message = new ArrayBufferWriter<byte>(256);
        try
        {
            using var json = new Utf8JsonWriter(message, Options);
            new JsonFieldWriter(json).Object(command);
        }
        catch (JsonException e)
        {
            throw new ArgumentException("The data must be one JSON value: this client speaks JSON (ClientOptions.Protocol).", e);
        }

        if (frame.WrittenCount > 0)
        {
            frame.Write("\n"u8);
        }

        frame.Write(message.WrittenSpan);
    }

    public void Read(ReadOnlySpan<byte> frame, List<Reply> into)
    {
        while (!frame.IsEmpty)
        {
            var end = frame.IndexOf((byte)'\n');
            var line = end < 0 ? frame : frame[..end];
            frame = end < 0 ? default : frame[(end + 1)..];
            if (!line.IsEmpty)
            {
                var reader = new JsonFieldReader(line);
                into.Add(Reply.Read(ref reader));
            }
        }
    }
}
