using System.Text.Json;
using WsCluster.Configuration;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Behaviors;

/// <summary>A client's calls about its user's inbox: <c>inbox/state</c> and <c>inbox/read</c>.</summary>
internal sealed class InboxRpc(InboxOptions options, UserDirectory users, ClusterCalls calls)
{
    private const string State = "inbox/state";
    private const string Read = "inbox/read";

    /// <summary>True for a method that is the inbox's.</summary>
    public bool Has(string method) => options.Enabled && method is State or Read;

    /// <summary>Answers with how far the user has read.</summary>
    public async Task<Refusal> AnswerAsync(Connection connection, Command command)
    {
        var user = connection.Identity!.User;
        if (connection.Identity.IsConsole || options.ChannelOf(user) is null)
        {
            return ErrorCode.NotAvailable;
        }

        var upTo = 0UL;
        if (command.Rpc.Method == Read && !TryReadOffset(command.Rpc.Data.ToByteArray(), out upTo))
        {
            return ErrorCode.BadRequest;
        }

        var way = users.WayTo(user);
        var state = await calls.RepeatAsync(() => upTo > 0 ? way.MarkInboxReadAsync(upTo) : way.GetInboxAsync());
        connection.Send(new Reply { Id = command.Id, Rpc = new RpcResult { Data = WireMessages.Wrap(state.ToJson()) } });
        return Refusal.None;
    }

    private static bool TryReadOffset(byte[] data, out ulong offset)
    {
        offset = 0;
        try
        {
            using var json = JsonDocument.Parse(data);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("offset", out var value)
                && value.ValueKind == JsonValueKind.Number
                && value.TryGetUInt64(out offset);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
