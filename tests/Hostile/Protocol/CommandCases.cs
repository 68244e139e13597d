using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Protocol;

/// <summary>A frame in JSON for a connected client and what must come of it: a close code above 1000, or the error of reply 2.</summary>
internal sealed record CommandCase(string Frame, int Outcome);

/// <summary>Commands against the protocol, and those that try to get more than they may.</summary>
internal static class CommandCases
{
    private const int BadRequest = 3501;
    private const int NotUtf8 = 1007;

    public static IReadOnlyDictionary<string, CommandCase> All { get; } = new Dictionary<string, CommandCase>
    {
        ["no JSON"] = new(HostileGateway.Marker, BadRequest),
        ["a byte order mark"] = new("\uFEFF{\"id\":2,\"ping\":{}}", BadRequest),
        ["a comment"] = new("{\"id\":2,/* hunter2-payload */\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["a trailing comma"] = new("{\"id\":2,\"unsubscribe\":{\"channel\":\"a\"},}", BadRequest),
        ["single quotes"] = new("{'id':2}", BadRequest),
        ["a number as a frame"] = new("1", BadRequest),
        ["a string as a frame"] = new("\"hunter2-payload\"", BadRequest),
        ["an array of commands"] = new("[{\"id\":2,\"unsubscribe\":{\"channel\":\"a\"}}]", BadRequest),
        ["true"] = new("true", BadRequest),
        ["an id beyond 32 bits"] = new("{\"id\":4294967296,\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["an id with a fraction"] = new("{\"id\":2.5,\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["an id with an exponent"] = new("{\"id\":1e999,\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["an id as text"] = new("{\"id\":\"2\",\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["an id as an object"] = new("{\"id\":{},\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["a negative id"] = new("{\"id\":-2,\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["an id of zero with a kind"] = new("{\"id\":0,\"subscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["a kind that is text"] = new("{\"id\":2,\"subscribe\":\"a\"}", BadRequest),
        ["a kind that is an array"] = new("{\"id\":2,\"publish\":[]}", BadRequest),
        ["a channel that is a number"] = new("{\"id\":2,\"subscribe\":{\"channel\":1}}", BadRequest),
        ["a channel that is an object"] = new("{\"id\":2,\"subscribe\":{\"channel\":{}}}", BadRequest),
        ["no channel"] = new("{\"id\":2,\"subscribe\":{}}", BadRequest),
        ["no kind"] = new("{\"id\":2}", BadRequest),
        ["an unknown kind"] = new("{\"id\":2,\"shutdown\":{}}", BadRequest),
        ["a second connect"] = new("{\"id\":2,\"connect\":{}}", BadRequest),
        ["a ping"] = new("{\"id\":2,\"ping\":{}}", BadRequest),
        ["a send"] = new("{\"send\":{\"data\":\"hunter2-payload\"}}", 3508),
        ["a pong that nobody asked for"] = new("{}", BadRequest),
        ["empty lines only"] = new("\n\n\n", BadRequest),
        ["good, then garbage"] = new("{\"id\":7,\"unsubscribe\":{\"channel\":\"a\"}}\n{hunter2-payload", BadRequest),
        ["nested 60,000 deep"] = new("{\"id\":2,\"publish\":{\"channel\":\"a\",\"data\":" + new string('[', 60_000), BadRequest),
        ["nested 30,000 deep and closed"] = new("{\"id\":2,\"publish\":{\"channel\":\"a\",\"data\":" + new string('[', 30_000) + new string(']', 30_000) + "}}", BadRequest),
        ["objects nested 10,000 deep"] = new("{\"id\":2,\"rpc\":{\"data\":" + string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1", BadRequest),
        ["an unknown member nested 1,000 deep"] = new("{\"id\":2,\"x\":" + new string('[', 1000) + new string(']', 1000) + ",\"unsubscribe\":{\"channel\":\"a\"}}", BadRequest),
        ["a filter nested 1,000 deep"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"a\",\"tf\":" + string.Concat(Enumerable.Repeat("{\"op\":\"not\",\"nodes\":[", 1000)) + string.Concat(Enumerable.Repeat("]}", 1000)) + "}}", BadRequest),
        ["a lone surrogate in a channel"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"\\ud800\"}}", BadRequest),
        ["a bad escape in a channel"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"\\x41\"}}", BadRequest),
        ["a raw line end in a string"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"a\nb\"}}", BadRequest),
        ["a NUL in a channel, which is ASCII"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"a\\u0000b\"}}", 0),
        ["a raw NUL"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"a\0b\"}}", BadRequest),
        ["a line end in a channel, which is ASCII"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"a\\nERROR forged\"}}", 0),
        ["another direction in a channel"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"a\\u202eb\"}}", 107),
        ["a channel of 256 bytes"] = new($"{{\"id\":2,\"subscribe\":{{\"channel\":\"{new string('a', 256)}\"}}}}", 107),
        ["a channel of 60,000 bytes"] = new($"{{\"id\":2,\"subscribe\":{{\"channel\":\"{new string('a', 60_000)}\"}}}}", 107),
        ["an unknown namespace"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"admin:a\"}}", 102),
        ["a private channel without a token"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"$chat:a\"}}", 103),
        ["a personal channel where personal channels are off"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"#42\"}}", 0),
        ["a subscription token that is none"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"$chat:a\",\"token\":\"hunter2-payload\"}}", 103),
        ["a recovery from the end of time"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"chat:a\",\"recover\":true,\"offset\":18446744073709551615,\"epoch\":\"x\"}}", 0),
        ["a recovery beyond 64 bits"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"chat:a\",\"recover\":true,\"offset\":18446744073709551616}}", BadRequest),
        ["a recovery with an epoch of 30 KB"] = new($"{{\"id\":2,\"subscribe\":{{\"channel\":\"chat:a\",\"recover\":true,\"offset\":1,\"epoch\":\"{new string('e', 30_000)}\"}}}}", 0),
        ["history of two billion"] = new("{\"id\":2,\"history\":{\"channel\":\"chat:a\",\"limit\":2147483647}}", 0),
        ["history of less than all"] = new("{\"id\":2,\"history\":{\"channel\":\"chat:a\",\"limit\":-2147483648}}", 0),
        ["history with an odd epoch"] = new("{\"id\":2,\"history\":{\"channel\":\"chat:none\",\"limit\":1,\"since\":{\"offset\":1,\"epoch\":\"hunter2-payload\"}}}", 112),
        ["history where there is none"] = new("{\"id\":2,\"history\":{\"channel\":\"a\"}}", 108),
        ["presence where there is none"] = new("{\"id\":2,\"presence\":{\"channel\":\"a\"}}", 108),
        ["publish without data"] = new("{\"id\":2,\"publish\":{\"channel\":\"a\"}}", 107),
        ["publish where only the server may"] = new("{\"id\":2,\"publish\":{\"channel\":\"prices:a\",\"data\":\"hunter2-payload\"}}", 103),
        ["rpc without a handler"] = new("{\"id\":2,\"rpc\":{\"method\":\"hunter2-payload\",\"data\":{}}}", 108),
        ["a refresh of what does not expire"] = new("{\"id\":2,\"refresh\":{\"token\":\"hunter2-payload\"}}", BadRequest),
        ["a sub_refresh of no subscription"] = new("{\"id\":2,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"hunter2-payload\"}}", 103),
        ["an unknown delta"] = new("{\"id\":2,\"subscribe\":{\"channel\":\"chat:a\",\"delta\":\"xdelta\"}}", BadRequest),
        ["bytes that are no text"] = new("{\"id\":2,\"unsubscribe\":{\"channel\":\"\u00FF\"}}", NotUtf8),
    };
}
