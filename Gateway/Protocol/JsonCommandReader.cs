using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Reads one line of a JSON frame as a command.</summary>
internal static class JsonCommandReader
{
    /// <summary>
    /// Reads a command; false when the line is not exactly one JSON object in valid UTF-8 with members of the right
    /// types. Unknown members are skipped, of repeated ones the last counts, and null means absent.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out Command? command, int maxDepth = JsonInput.DefaultMaxDepth) =>
        TryRead(line, ReadCommand, out command, maxDepth);

    /// <summary>Reads a text that must be one object, by the rules of <see cref="TryRead(ReadOnlySpan{byte}, out Command?, int)"/>.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> text, ObjectReader<T> read, [NotNullWhen(true)] out T? value, int maxDepth = JsonInput.DefaultMaxDepth)
        where T : class
    {
        value = null;
        if (!Utf8.IsValid(text)) // the reader checks the encoding of a string only when somebody asks for its text
        {
            return false;
        }

        try
        {
            var json = new JsonInput(text, maxDepth);
            json.Start();
            var whole = read(ref json);
            json.Finish();
            value = whole;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false; // InvalidOperationException: an escaped half of a surrogate pair in a text that was asked for
        }
    }

    /// <summary>Reads an object from inside, up to its end.</summary>
    public delegate T ObjectReader<T>(ref JsonInput json);

    private static Command ReadCommand(ref JsonInput json)
    {
        var command = new Command();
        while (json.NextMember())
        {
            if (json.IsMember("id"u8))
            {
                command.Id = json.ReadUInt32();
            }
            else if (json.IsMember("connect"u8))
            {
                command.Connect = json.BeginObject() ? JsonConnectReader.Read(ref json) : null;
            }
            else if (json.IsMember("subscribe"u8))
            {
                command.Subscribe = json.BeginObject() ? JsonRequestReader.ReadSubscribe(ref json) : null;
            }
            else if (json.IsMember("unsubscribe"u8))
            {
                command.Unsubscribe = json.BeginObject() ? JsonRequestReader.ReadUnsubscribe(ref json) : null;
            }
            else if (json.IsMember("publish"u8))
            {
                command.Publish = json.BeginObject() ? JsonRequestReader.ReadPublish(ref json) : null;
            }
            else if (json.IsMember("presence"u8))
            {
                command.Presence = json.BeginObject() ? JsonRequestReader.ReadPresence(ref json) : null;
            }
            else if (json.IsMember("presence_stats"u8))
            {
                command.PresenceStats = json.BeginObject() ? JsonRequestReader.ReadPresenceStats(ref json) : null;
            }
            else if (json.IsMember("history"u8))
            {
                command.History = json.BeginObject() ? JsonRequestReader.ReadHistory(ref json) : null;
            }
            else if (json.IsMember("ping"u8))
            {
                command.Ping = json.BeginObject() ? JsonRequestReader.ReadPing(ref json) : null;
            }
            else if (json.IsMember("send"u8))
            {
                command.Send = json.BeginObject() ? JsonRequestReader.ReadSend(ref json) : null;
            }
            else if (json.IsMember("rpc"u8))
            {
                command.Rpc = json.BeginObject() ? JsonRequestReader.ReadRpc(ref json) : null;
            }
            else if (json.IsMember("refresh"u8))
            {
                command.Refresh = json.BeginObject() ? JsonRequestReader.ReadRefresh(ref json) : null;
            }
            else if (json.IsMember("sub_refresh"u8))
            {
                command.SubRefresh = json.BeginObject() ? JsonRequestReader.ReadSubRefresh(ref json) : null;
            }
            else
            {
                json.SkipMember();
            }
        }

        return command;
    }
}
