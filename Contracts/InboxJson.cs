using System.Buffers;
using System.Text.Json;

namespace WsCluster;

/// <summary>How clients see the state of an inbox.</summary>
internal static class InboxJson
{
    /// <summary>The message that a user's devices get when one of them has read: <c>{"inbox":{…}}</c>.</summary>
    public static byte[] ToMessage(this InboxState state) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("inbox");
        state.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>The state on its own.</summary>
    public static byte[] ToJson(this InboxState state) => Write(json =>
    {
        json.WriteStartObject();
        state.WriteTo(json);
        json.WriteEndObject();
    });

    /// <summary>The state's members.</summary>
    public static void WriteTo(this InboxState state, Utf8JsonWriter json)
    {
        json.WriteNumber("offset", state.Top.Offset);
        json.WriteString("epoch", state.Top.Epoch);
        json.WriteNumber("read", state.ReadUpTo);
        json.WriteNumber("unread", state.Unread);
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
