using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Writes the reply envelope and the result of each command as JSON; zero values are left out (protocol §3).</summary>
internal static class JsonReplyWriter
{
    /// <summary>Writes a reply. An empty one is <c>{}</c>: the ping.</summary>
    public static void Write(JsonOutput json, Reply reply, bool deltaData)
    {
        json.BeginObject();
        json.Member("id"u8, reply.Id);
        WriteMember(json, "error"u8, reply.Error, WriteError);
        if (reply.Push is not null)
        {
            json.Name("push"u8);
            JsonPushWriter.Write(json, reply.Push, deltaData);
        }

        WriteMember(json, "connect"u8, reply.Connect, WriteConnect);
        if (reply.Subscribe is not null)
        {
            json.Name("subscribe"u8);
            WriteSubscribe(json, reply.Subscribe, deltaData);
        }

        WriteMember(json, "unsubscribe"u8, reply.Unsubscribe, WriteNothing);
        WriteMember(json, "publish"u8, reply.Publish, WriteNothing);
        WriteMember(json, "presence"u8, reply.Presence, WritePresence);
        WriteMember(json, "presence_stats"u8, reply.PresenceStats, WritePresenceStats);
        WriteMember(json, "history"u8, reply.History, WriteHistory);
        WriteMember(json, "ping"u8, reply.Ping, WriteNothing);
        WriteMember(json, "rpc"u8, reply.Rpc, static (json, rpc) => json.Member("data"u8, rpc.Data));
        WriteMember(json, "refresh"u8, reply.Refresh, WriteRefresh);
        WriteMember(json, "sub_refresh"u8, reply.SubRefresh, WriteSubRefresh);
        json.EndObject();
    }

    /// <summary>Writes subscribe results by channel, in connect replies and pushes.</summary>
    public static void WriteSubs(JsonOutput json, IDictionary<string, SubscribeResult> subs)
    {
        if (subs.Count == 0)
        {
            return;
        }

        json.Name("subs"u8);
        json.BeginObject();
        foreach (var (channel, result) in subs)
        {
            json.Name(channel);
            WriteSubscribe(json, result, result.Delta);
        }

        json.EndObject();
    }

    // An empty result keeps its member: SDKs look for it by the command's name.
    private static void WriteMember<T>(JsonOutput json, ReadOnlySpan<byte> name, T? result, Action<JsonOutput, T> write)
        where T : class
    {
        if (result is null)
        {
            return;
        }

        json.Name(name);
        json.BeginObject();
        write(json, result);
        json.EndObject();
    }

    private static void WriteNothing<T>(JsonOutput json, T result)
    {
    }

    private static void WriteError(JsonOutput json, Error error)
    {
        json.Member("code"u8, error.Code);
        json.Member("message"u8, error.Message);
        json.Member("temporary"u8, error.Temporary);
    }

    private static void WriteConnect(JsonOutput json, ConnectResult result)
    {
        json.Member("client"u8, result.Client);
        json.Member("version"u8, result.Version);
        json.Member("expires"u8, result.Expires);
        json.Member("ttl"u8, result.Ttl);
        json.Member("data"u8, result.Data);
        WriteSubs(json, result.Subs);
        json.Member("ping"u8, result.Ping);
        json.Member("pong"u8, result.Pong);
        json.Member("session"u8, result.Session);
        json.Member("node"u8, result.Node);
        json.Member("time"u8, result.Time);
    }

    private static void WriteSubscribe(JsonOutput json, SubscribeResult result, bool deltaData)
    {
        json.BeginObject();
        json.Member("expires"u8, result.Expires);
        json.Member("ttl"u8, result.Ttl);
        json.Member("recoverable"u8, result.Recoverable);
        json.Member("epoch"u8, result.Epoch);
        if (result.Publications.Count > 0)
        {
            json.Name("publications"u8);
            JsonPublicationWriter.WriteAll(json, result.Publications, deltaData);
        }

        json.Member("recovered"u8, result.Recovered);
        json.Member("offset"u8, result.Offset);
        json.Member("positioned"u8, result.Positioned);
        json.Member("data"u8, result.Data);
        json.Member("was_recovering"u8, result.WasRecovering);
        json.Member("delta"u8, result.Delta);
        json.EndObject();
    }

    private static void WritePresence(JsonOutput json, PresenceResult result)
    {
        json.Name("presence"u8);
        json.BeginObject();
        foreach (var (client, info) in result.Presence)
        {
            json.Name(client);
            JsonPublicationWriter.WriteInfo(json, info);
        }

        json.EndObject();
    }

    private static void WritePresenceStats(JsonOutput json, PresenceStatsResult result)
    {
        json.Name("num_clients"u8);
        json.Value((ulong)result.NumClients);
        json.Name("num_users"u8);
        json.Value((ulong)result.NumUsers);
    }

    private static void WriteHistory(JsonOutput json, HistoryResult result)
    {
        json.Name("publications"u8);
        JsonPublicationWriter.WriteAll(json, result.Publications, deltaData: false); // never in delta form (protocol §10)
        json.Name("epoch"u8);
        json.Value(result.Epoch);
        json.Name("offset"u8);
        json.Value(result.Offset);
    }

    private static void WriteRefresh(JsonOutput json, RefreshResult result)
    {
        json.Member("client"u8, result.Client);
        json.Member("version"u8, result.Version);
        json.Member("expires"u8, result.Expires);
        json.Member("ttl"u8, result.Ttl);
    }

    private static void WriteSubRefresh(JsonOutput json, SubRefreshResult result)
    {
        json.Member("expires"u8, result.Expires);
        json.Member("ttl"u8, result.Ttl);
    }
}
