using System.Text.Json;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class BatchBody
{
    public List<JsonElement>? Commands { get; set; }

    public bool Parallel { get; set; }
}

/// <summary>
/// Runs several commands of the other methods in one request, in order or all at once. Its answer has no outer result:
/// <c>{"replies":[{"publish":{…}},{"error":{…}}]}</c>.
/// </summary>
internal sealed class BatchMethod(ApiDispatcher dispatcher, GatewayMetrics metrics, IOptionsMonitor<ApiOptions> options)
{
    public const string Name = "batch";

    /// <summary>Decodes all commands first: a body that is broken anywhere does nothing.</summary>
    public Func<CancellationToken, Task<ApiAnswer>> Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.BatchBody)!;
        var commands = body.Commands ?? [];
        if (commands.Count > options.CurrentValue.MaxBatchCommands)
        {
            metrics.ApiRefused("batch");
            return _ => Task.FromResult(ApiAnswer.Of(ApiReply.Failed(ErrorCode.BadRequest)));
        }

        var calls = commands.ConvertAll(DecodeCommand);
        return async cancellationToken => Answer(await RunAsync(calls, body.Parallel, cancellationToken));
    }

    private BatchCall DecodeCommand(JsonElement command)
    {
        foreach (var member in ApiBody.RequireObject(command).EnumerateObject())
        {
            // A null is the same as nothing there.
            if (member.Value.ValueKind != JsonValueKind.Null && dispatcher.Find(member.Name) is { } method)
            {
                return new BatchCall(method.Name, method.Decode(ApiBody.RequireObject(member.Value)));
            }
        }

        return new BatchCall("", _ => Task.FromResult(ApiReply.Failed(ErrorCode.MethodNotFound)));
    }

    private async Task<List<BatchReply>> RunAsync(List<BatchCall> calls, bool parallel, CancellationToken cancellationToken)
    {
        if (parallel)
        {
            return [.. await Task.WhenAll(calls.Select(call => RunAsync(call, cancellationToken)))];
        }

        var replies = new List<BatchReply>(calls.Count);
        foreach (var call in calls)
        {
            replies.Add(await RunAsync(call, cancellationToken));
        }

        return replies;
    }

    private async Task<BatchReply> RunAsync(BatchCall call, CancellationToken cancellationToken) =>
        new(call.Method, await dispatcher.RunAsync(call.Method, call.Call, cancellationToken));

    private static ApiAnswer Answer(List<BatchReply> replies) => new(null, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("replies");
        foreach (var (method, reply) in replies)
        {
            json.WriteStartObject();
            reply.WriteMember(json, method);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private readonly record struct BatchCall(string Method, ApiCall Call);

    private readonly record struct BatchReply(string Method, ApiReply Reply);
}
