using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

using ClientInfo = WsCluster.Gateway.Protocol.Wire.ClientInfo;
using Publication = WsCluster.Gateway.Protocol.Wire.Publication;

/// <summary>Every reply and push, empty and with every member set, as it must look in JSON.</summary>
internal static class SampleReplies
{
    public static TheoryData<string> Names => [.. All.Keys];

    public static Dictionary<string, (Reply Reply, string Json)> All { get; } = new()
    {
        ["ping"] = (new Reply(), "{}"),
        ["error"] = (
            new Reply { Id = 1, Error = new Error { Code = 100, Message = "internal server error", Temporary = true } },
            """{"id":1,"error":{"code":100,"message":"internal server error","temporary":true}}"""),
        ["connect empty"] = (new Reply { Id = 1, Connect = new ConnectResult() }, """{"id":1,"connect":{}}"""),
        ["connect"] = (
            new Reply
            {
                Id = 1,
                Connect = new ConnectResult
                {
                    Client = "c1",
                    Version = "1.0",
                    Expires = true,
                    Ttl = 60,
                    Data = Bytes("null"),
                    Subs = { ["news"] = new SubscribeResult { Positioned = true }, ["chat"] = new SubscribeResult() },
                    Ping = 25,
                    Pong = true,
                    Session = "s",
                    Node = "n",
                    Time = 1700000000000,
                },
            },
            """{"id":1,"connect":{"client":"c1","version":"1.0","expires":true,"ttl":60,"data":null,"subs":{"news":{"positioned":true},"chat":{}},"ping":25,"pong":true,"session":"s","node":"n","time":1700000000000}}"""),
        ["subscribe empty"] = (new Reply { Id = 2, Subscribe = new SubscribeResult() }, """{"id":2,"subscribe":{}}"""),
        ["subscribe"] = (
            new Reply
            {
                Id = 2,
                Subscribe = new SubscribeResult
                {
                    Expires = true,
                    Ttl = 5,
                    Recoverable = true,
                    Epoch = "e",
                    Publications = { new Publication { Data = Bytes("1"), Offset = 9 } },
                    Recovered = true,
                    Offset = ulong.MaxValue,
                    Positioned = true,
                    Data = Bytes("[]"),
                    WasRecovering = true,
                },
            },
            """{"id":2,"subscribe":{"expires":true,"ttl":5,"recoverable":true,"epoch":"e","publications":[{"data":1,"offset":9}],"recovered":true,"offset":18446744073709551615,"positioned":true,"data":[],"was_recovering":true}}"""),
        ["unsubscribe"] = (new Reply { Id = 3, Unsubscribe = new UnsubscribeResult() }, """{"id":3,"unsubscribe":{}}"""),
        ["publish"] = (new Reply { Id = 3, Publish = new PublishResult() }, """{"id":3,"publish":{}}"""),
        ["presence empty"] = (new Reply { Id = 4, Presence = new PresenceResult() }, """{"id":4,"presence":{"presence":{}}}"""),
        ["presence"] = (
            new Reply
            {
                Id = 4,
                Presence = new PresenceResult
                {
                    Presence =
                    {
                        ["c1"] = new ClientInfo { User = "u", Client = "c1", ConnInfo = Bytes("{}"), ChanInfo = Bytes("0") },
                        ["c2"] = new ClientInfo(),
                    },
                },
            },
            """{"id":4,"presence":{"presence":{"c1":{"user":"u","client":"c1","conn_info":{},"chan_info":0},"c2":{"user":"","client":""}}}}"""),
        ["presence_stats empty"] = (
            new Reply { Id = 5, PresenceStats = new PresenceStatsResult() },
            """{"id":5,"presence_stats":{"num_clients":0,"num_users":0}}"""),
        ["presence_stats"] = (
            new Reply { Id = 5, PresenceStats = new PresenceStatsResult { NumClients = 3, NumUsers = 2 } },
            """{"id":5,"presence_stats":{"num_clients":3,"num_users":2}}"""),
        ["history empty"] = (
            new Reply { Id = 6, History = new HistoryResult() },
            """{"id":6,"history":{"publications":[],"epoch":"","offset":0}}"""),
        ["history"] = (
            new Reply
            {
                Id = 6,
                History = new HistoryResult
                {
                    Publications =
                    {
                        new Publication { Data = Bytes("{}"), Offset = 1 },
                        new Publication { Data = Bytes("2"), Offset = 2, Info = new ClientInfo { User = "u", Client = "c" }, Tags = { ["a"] = "1", ["b"] = "" } },
                    },
                    Epoch = "e",
                    Offset = 2,
                },
            },
            """{"id":6,"history":{"publications":[{"data":{},"offset":1},{"data":2,"info":{"user":"u","client":"c"},"offset":2,"tags":{"a":"1","b":""}}],"epoch":"e","offset":2}}"""),
        ["ping result"] = (new Reply { Id = 7, Ping = new PingResult() }, """{"id":7,"ping":{}}"""),
        ["rpc empty"] = (new Reply { Id = 8, Rpc = new RpcResult() }, """{"id":8,"rpc":{}}"""),
        ["rpc"] = (new Reply { Id = 8, Rpc = new RpcResult { Data = Bytes("\"x\"") } }, """{"id":8,"rpc":{"data":"x"}}"""),
        ["refresh"] = (
            new Reply { Id = 9, Refresh = new RefreshResult { Client = "c", Version = "v", Expires = true, Ttl = 9 } },
            """{"id":9,"refresh":{"client":"c","version":"v","expires":true,"ttl":9}}"""),
        ["sub_refresh"] = (
            new Reply { Id = uint.MaxValue, SubRefresh = new SubRefreshResult { Expires = true, Ttl = 9 } },
            """{"id":4294967295,"sub_refresh":{"expires":true,"ttl":9}}"""),
        ["push pub"] = Push(
            new Push
            {
                Channel = "c",
                Pub = new Publication
                {
                    Data = Bytes("{\"a\": 1}"),
                    Offset = 3,
                    Info = new ClientInfo { User = "u", Client = "c" },
                    Tags = { ["t"] = "v" },
                },
            },
            """{"channel":"c","pub":{"data":{"a": 1},"info":{"user":"u","client":"c"},"offset":3,"tags":{"t":"v"}}}"""),
        ["push join"] = Push(
            new Push { Channel = "c", Join = new Join { Info = new ClientInfo { User = "u", Client = "x" } } },
            """{"channel":"c","join":{"info":{"user":"u","client":"x"}}}"""),
        ["push leave"] = Push(
            new Push { Channel = "c", Leave = new Leave { Info = new ClientInfo { User = "u", Client = "x" } } },
            """{"channel":"c","leave":{"info":{"user":"u","client":"x"}}}"""),
        ["push leave empty"] = Push(new Push { Channel = "c", Leave = new Leave() }, """{"channel":"c","leave":{}}"""),
        ["push unsubscribe"] = Push(
            new Push { Channel = "c", Unsubscribe = new Unsubscribe { Code = 2500, Reason = "insufficient state" } },
            """{"channel":"c","unsubscribe":{"code":2500,"reason":"insufficient state"}}"""),
        ["push message"] = Push(new Push { Message = new Message { Data = Bytes("5") } }, """{"message":{"data":5}}"""),
        ["push subscribe"] = Push(
            new Push { Channel = "c", Subscribe = new Subscribe { Recoverable = true, Epoch = "e", Offset = 4, Positioned = true, Data = Bytes("{}") } },
            """{"channel":"c","subscribe":{"recoverable":true,"epoch":"e","offset":4,"positioned":true,"data":{}}}"""),
        ["push connect"] = Push(
            new Push
            {
                Connect = new Connect
                {
                    Client = "c",
                    Version = "v",
                    Data = Bytes("{}"),
                    Subs = { ["n"] = new SubscribeResult() },
                    Expires = true,
                    Ttl = 1,
                    Ping = 2,
                    Pong = true,
                    Session = "s",
                    Node = "n",
                    Time = -1,
                },
            },
            """{"connect":{"client":"c","version":"v","data":{},"subs":{"n":{}},"expires":true,"ttl":1,"ping":2,"pong":true,"session":"s","node":"n","time":-1}}"""),
        ["push disconnect"] = Push(
            new Push { Disconnect = new Disconnect { Code = 3012, Reason = "no pong" } },
            """{"disconnect":{"code":3012,"reason":"no pong"}}"""),
        ["push refresh"] = Push(new Push { Refresh = new Refresh { Expires = true, Ttl = 3 } }, """{"refresh":{"expires":true,"ttl":3}}"""),
        ["push nothing"] = Push(new Push(), "{}"),
    };

    private static (Reply Reply, string Json) Push(Push push, string json) => (new Reply { Push = push }, $$"""{"push":{{json}}}""");
}
