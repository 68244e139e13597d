using System.Text.Json;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Decodes a body into the work that answers it. Throws <see cref="JsonException"/> for a body of the wrong shape.</summary>
internal delegate Func<CancellationToken, Task<ApiAnswer>> ApiDecoder(JsonElement body);

/// <summary>A finished answer: writes the response's whole JSON value.</summary>
/// <param name="Reply">The reply, or null for an answer that carries errors of its own, as a batch does.</param>
/// <param name="Write">Writes the response body.</param>
internal readonly record struct ApiAnswer(ApiReply? Reply, Action<Utf8JsonWriter> Write)
{
    /// <summary>The answer <c>{"result":{…}}</c> or <c>{"error":{…}}</c>.</summary>
    public static ApiAnswer Of(ApiReply reply) => new(reply, json =>
    {
        json.WriteStartObject();
        reply.WriteMember(json);
        json.WriteEndObject();
    });
}
