using System.Runtime.InteropServices;
using System.Text.Json;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Reads members of a JSON object of a token or of an application's answer. What has the wrong type reads as absent and makes the reader invalid, so
/// that the caller asks once, at the end. Null is absent.
/// </summary>
/// <param name="claims">The object; anything else makes the reader invalid.</param>
internal sealed class ClaimReader(JsonElement claims)
{
    // A year before the end of time: delays are added to what expires.
    private static readonly double MaxSeconds = DateTimeOffset.MaxValue.AddYears(-1).ToUnixTimeSeconds();
    private static readonly double MinSeconds = DateTimeOffset.MinValue.ToUnixTimeSeconds();

    /// <summary>False once something had the wrong type.</summary>
    public bool IsValid { get; private set; } = claims.ValueKind == JsonValueKind.Object;

    /// <summary>True when there is such a member and it is not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A string; empty when absent.</summary>
    public string Text(string name) => Find(name, JsonValueKind.String)?.GetString() ?? "";

    /// <summary>A whole number; zero when absent.</summary>
    public long Number(string name)
    {
        if (Find(name, JsonValueKind.Number) is not { } value)
        {
            return 0;
        }

        IsValid &= value.TryGetInt64(out var number);
        return number;
    }

    /// <summary>True for the value true; false when absent.</summary>
    public bool IsTrue(string name)
    {
        if (Find(name) is not { } value)
        {
            return false;
        }

        IsValid &= value.ValueKind is JsonValueKind.True or JsonValueKind.False;
        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>A time in seconds since 1970, possibly with a fraction; cut to what <see cref="DateTimeOffset"/> holds.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Find(name, JsonValueKind.Number) is not { } value)
        {
            return null;
        }

        var seconds = Math.Clamp(Math.Floor(value.GetDouble()), MinSeconds, MaxSeconds);
        return DateTimeOffset.FromUnixTimeSeconds((long)seconds);
    }

    /// <summary>
    /// When the connection or subscription expires, which is by default when the token does. Null: never, also when
    /// <c>expire_at</c> is zero or less.
    /// </summary>
    public DateTimeOffset? ExpireAt()
    {
        var expireAt = Time("expire_at");
        if (expireAt is null)
        {
            return Time("exp");
        }

        return expireAt > DateTimeOffset.UnixEpoch ? expireAt : null;
    }

    /// <summary>The exact JSON text of a value, or null.</summary>
    public byte[]? Json(string name) => Find(name) is { } value ? JsonMarshal.GetRawUtf8Value(value).ToArray() : null;

    /// <summary>Bytes given in base64, or else as JSON text; null when neither is there.</summary>
    public byte[]? Bytes(string base64Name, string jsonName)
    {
        var base64 = Find(base64Name, JsonValueKind.String);
        if (base64 is not { } value || value.ValueEquals(""u8))
        {
            return Json(jsonName);
        }

        if (value.TryGetBytesFromBase64(out var bytes))
        {
            return bytes;
        }

        IsValid = false;
        return null;
    }

    /// <summary>True when a string, or one of an array of strings, is this one.</summary>
    public bool Contains(string name, string expected)
    {
        if (Find(name) is not { } value)
        {
            return false;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.ValueEquals(expected),
            JsonValueKind.Array => value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals(expected)),
            _ => false,
        };
    }

    /// <summary>What the object says about one subscription.</summary>
    public SubscribeOptions Options(DateTimeOffset? expireAt)
    {
        var replaced = Find("override", JsonValueKind.Object);
        return new SubscribeOptions
        {
            ExpireAt = expireAt,
            ChanInfo = Bytes("b64info", "info"),
            Data = Bytes("b64data", "data"),
            Presence = Flag(replaced, "presence"),
            JoinLeave = Flag(replaced, "join_leave"),
            ForcePushJoinLeave = Flag(replaced, "force_push_join_leave"),
            ForceRecovery = Flag(replaced, "force_recovery"),
            ForcePositioning = Flag(replaced, "force_positioning"),
        };
    }

    /// <summary>
    /// Options by channel: from <c>subs</c>, or when that is empty, the default ones for each of <c>channels</c>.
    /// </summary>
    public Dictionary<string, SubscribeOptions> Subs()
    {
        var subs = new Dictionary<string, SubscribeOptions>(StringComparer.Ordinal);
        if (Find("subs", JsonValueKind.Object) is { } byChannel)
        {
            foreach (var sub in byChannel.EnumerateObject())
            {
                subs[sub.Name] = Read(sub.Value, static options => options.Options(expireAt: null)) ?? new SubscribeOptions();
            }
        }

        if (subs.Count == 0 && Find("channels", JsonValueKind.Array) is { } channels)
        {
            foreach (var channel in channels.EnumerateArray())
            {
                if (Require(channel, JsonValueKind.String) is { } name)
                {
                    subs[name.GetString()!] = new SubscribeOptions();
                }
            }
        }

        return subs;
    }

    // An override is there or not, and is an object around its value, so that false can be told from absent.
    private bool? Flag(JsonElement? parent, string name)
    {
        if (parent is not { } overrides || !overrides.TryGetProperty(name, out var flag) || Require(flag, JsonValueKind.Object) is not { } given)
        {
            return null;
        }

        if (!given.TryGetProperty("value"u8, out var value))
        {
            return false;
        }

        IsValid &= value.ValueKind is JsonValueKind.True or JsonValueKind.False;
        return value.ValueKind == JsonValueKind.True;
    }

    private T? Read<T>(JsonElement value, Func<ClaimReader, T> read)
        where T : class
    {
        if (Require(value, JsonValueKind.Object) is not { } child)
        {
            return null;
        }

        var reader = new ClaimReader(child);
        var result = read(reader);
        IsValid &= reader.IsValid;
        return result;
    }

    private JsonElement? Find(string name, JsonValueKind kind) => Find(name) is { } value ? Require(value, kind) : null;

    private JsonElement? Find(string name) =>
        claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private JsonElement? Require(JsonElement value, JsonValueKind kind)
    {
        if (value.ValueKind == kind)
        {
            return value;
        }

        IsValid &= value.ValueKind == JsonValueKind.Null;
        return null;
    }
}
