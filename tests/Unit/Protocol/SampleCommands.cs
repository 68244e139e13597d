using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

/// <summary>Every command with every member set, as JSON text and as the command it stands for.</summary>
internal static class SampleCommands
{
    public static TheoryData<string> Names => [.. All.Keys];

    public static Dictionary<string, (string Json, Command Command)> All { get; } = new()
    {
        ["connect"] = (
            """{"id":1,"connect":{"token":"t.o.k","data":{"a": 1.10},"subs":{"news":{"recover":true,"epoch":"e","offset":18446744073709551615},"chat":{}},"name":"js","version":"5.7.1","headers":{"h":"v"}}}""",
            new Command
            {
                Id = 1,
                Connect = new ConnectRequest
                {
                    Token = "t.o.k",
                    Data = Bytes("""{"a": 1.10}"""),
                    Subs =
                    {
                        ["news"] = new SubscribeRequest { Recover = true, Epoch = "e", Offset = ulong.MaxValue },
                        ["chat"] = new SubscribeRequest(),
                    },
                    Name = "js",
                    Version = "5.7.1",
                    Headers = { ["h"] = "v" },
                },
            }),
        ["subscribe"] = (
            """{"id":2,"subscribe":{"channel":"chat:1","token":"t","recover":true,"epoch":"e","offset":7,"data":"d","positioned":true,"recoverable":true,"join_leave":true,"delta":"fossil","tf":{"op":"and","nodes":[{"key":"k","cmp":"eq","val":"v"},{"key":"k","cmp":"in","vals":["a","b"]}]},"flag":-3,"type":4}}""",
            new Command
            {
                Id = 2,
                Subscribe = new SubscribeRequest
                {
                    Channel = "chat:1",
                    Token = "t",
                    Recover = true,
                    Epoch = "e",
                    Offset = 7,
                    Data = Bytes("\"d\""),
                    Positioned = true,
                    Recoverable = true,
                    JoinLeave = true,
                    Delta = "fossil",
                    Tf = new FilterNode
                    {
                        Op = "and",
                        Nodes =
                        {
                            new FilterNode { Key = "k", Cmp = "eq", Val = "v" },
                            new FilterNode { Key = "k", Cmp = "in", Vals = { "a", "b" } },
                        },
                    },
                    Flag = -3,
                    Type = 4,
                },
            }),
        ["unsubscribe"] = (
            """{"id":3,"unsubscribe":{"channel":"c"}}""",
            new Command { Id = 3, Unsubscribe = new UnsubscribeRequest { Channel = "c" } }),
        ["publish"] = (
            """{"id":4,"publish":{"channel":"c","data":[1,2],"type":1}}""",
            new Command
            {
                Id = 4,
                Publish = new Gateway.Protocol.Wire.PublishRequest { Channel = "c", Data = Bytes("[1,2]"), Type = 1 },
            }),
        ["presence"] = (
            """{"id":5,"presence":{"channel":"c"}}""",
            new Command { Id = 5, Presence = new PresenceRequest { Channel = "c" } }),
        ["presence_stats"] = (
            """{"id":6,"presence_stats":{"channel":"c"}}""",
            new Command { Id = 6, PresenceStats = new PresenceStatsRequest { Channel = "c" } }),
        ["history"] = (
            """{"id":7,"history":{"channel":"c","limit":-1,"since":{"offset":3,"epoch":"e"},"reverse":true}}""",
            new Command
            {
                Id = 7,
                History = new HistoryRequest
                {
                    Channel = "c",
                    Limit = -1,
                    Since = new Gateway.Protocol.Wire.StreamPosition { Offset = 3, Epoch = "e" },
                    Reverse = true,
                },
            }),
        ["ping"] = ("""{"id":8,"ping":{}}""", new Command { Id = 8, Ping = new PingRequest() }),
        ["send"] = ("""{"send":{"data":null}}""", new Command { Send = new SendRequest { Data = Bytes("null") } }),
        ["rpc"] = (
            """{"id":4294967295,"rpc":{"data":-0.5e3,"method":"m"}}""",
            new Command { Id = uint.MaxValue, Rpc = new RpcRequest { Data = Bytes("-0.5e3"), Method = "m" } }),
        ["refresh"] = (
            """{"id":9,"refresh":{"token":"t"}}""",
            new Command { Id = 9, Refresh = new RefreshRequest { Token = "t" } }),
        ["sub_refresh"] = (
            """{"id":10,"sub_refresh":{"channel":"c","token":"t","type":2}}""",
            new Command { Id = 10, SubRefresh = new SubRefreshRequest { Channel = "c", Token = "t", Type = 2 } }),
        ["pong"] = ("{}", new Command()),
    };
}
