using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Reads the requests of commands. Each method starts inside the object and stops at its end (protocol §5).</summary>
internal static class JsonRequestReader
{
    /// <summary>Reads a subscribe request.</summary>
    public static SubscribeRequest ReadSubscribe(ref JsonInput json)
    {
        var request = new SubscribeRequest();
        while (json.NextMember())
        {
            if (json.IsMember("channel"u8))
            {
                request.Channel = json.ReadString();
            }
            else if (json.IsMember("token"u8))
            {
                request.Token = json.ReadString();
            }
            else if (json.IsMember("recover"u8))
            {
                request.Recover = json.ReadBool();
            }
            else if (json.IsMember("epoch"u8))
            {
                request.Epoch = json.ReadString();
            }
            else if (json.IsMember("offset"u8))
            {
                request.Offset = json.ReadUInt64();
            }
            else if (json.IsMember("data"u8))
            {
                request.Data = json.ReadRaw();
            }
            else if (json.IsMember("positioned"u8))
            {
                request.Positioned = json.ReadBool();
            }
            else if (json.IsMember("recoverable"u8))
            {
                request.Recoverable = json.ReadBool();
            }
            else if (json.IsMember("join_leave"u8))
            {
                request.JoinLeave = json.ReadBool();
            }
            else if (json.IsMember("delta"u8))
            {
                request.Delta = json.ReadString();
            }
            else if (json.IsMember("tf"u8))
            {
                request.Tf = json.BeginObject() ? JsonFilterReader.Read(ref json) : null;
            }
            else if (json.IsMember("flag"u8))
            {
                request.Flag = json.ReadInt64();
            }
            else if (json.IsMember("type"u8))
            {
                request.Type = json.ReadInt32();
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }

    /// <summary>Reads an unsubscribe request.</summary>
    public static UnsubscribeRequest ReadUnsubscribe(ref JsonInput json) => new() { Channel = ReadText(ref json, "channel"u8) };

    /// <summary>Reads a publish request.</summary>
    public static Wire.PublishRequest ReadPublish(ref JsonInput json)
    {
        var request = new Wire.PublishRequest();
        while (json.NextMember())
        {
            if (json.IsMember("channel"u8))
            {
                request.Channel = json.ReadString();
            }
            else if (json.IsMember("data"u8))
            {
                request.Data = json.ReadRaw();
            }
            else if (json.IsMember("type"u8))
            {
                request.Type = json.ReadInt32();
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }

    /// <summary>Reads a presence request.</summary>
    public static PresenceRequest ReadPresence(ref JsonInput json) => new() { Channel = ReadText(ref json, "channel"u8) };

    /// <summary>Reads a presence stats request.</summary>
    public static PresenceStatsRequest ReadPresenceStats(ref JsonInput json) => new() { Channel = ReadText(ref json, "channel"u8) };

    /// <summary>Reads a history request.</summary>
    public static HistoryRequest ReadHistory(ref JsonInput json)
    {
        var request = new HistoryRequest();
        while (json.NextMember())
        {
            if (json.IsMember("channel"u8))
            {
                request.Channel = json.ReadString();
            }
            else if (json.IsMember("limit"u8))
            {
                request.Limit = json.ReadInt32();
            }
            else if (json.IsMember("since"u8))
            {
                request.Since = json.BeginObject() ? ReadPosition(ref json) : null;
            }
            else if (json.IsMember("reverse"u8))
            {
                request.Reverse = json.ReadBool();
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }

    /// <summary>Reads a ping request.</summary>
    public static PingRequest ReadPing(ref JsonInput json)
    {
        var request = new PingRequest();
        while (json.NextMember())
        {
            json.SkipMember();
        }

        return request;
    }

    /// <summary>Reads a send request.</summary>
    public static SendRequest ReadSend(ref JsonInput json)
    {
        var request = new SendRequest();
        while (json.NextMember())
        {
            if (json.IsMember("data"u8))
            {
                request.Data = json.ReadRaw();
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }

    /// <summary>Reads an RPC request.</summary>
    public static RpcRequest ReadRpc(ref JsonInput json)
    {
        var request = new RpcRequest();
        while (json.NextMember())
        {
            if (json.IsMember("data"u8))
            {
                request.Data = json.ReadRaw();
            }
            else if (json.IsMember("method"u8))
            {
                request.Method = json.ReadString();
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }

    /// <summary>Reads a refresh request.</summary>
    public static RefreshRequest ReadRefresh(ref JsonInput json) => new() { Token = ReadText(ref json, "token"u8) };

    /// <summary>Reads a subscription refresh request.</summary>
    public static SubRefreshRequest ReadSubRefresh(ref JsonInput json)
    {
        var request = new SubRefreshRequest();
        while (json.NextMember())
        {
            if (json.IsMember("channel"u8))
            {
                request.Channel = json.ReadString();
            }
            else if (json.IsMember("token"u8))
            {
                request.Token = json.ReadString();
            }
            else if (json.IsMember("type"u8))
            {
                request.Type = json.ReadInt32();
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }

    // Several requests have a single member, a string.
    private static string ReadText(ref JsonInput json, ReadOnlySpan<byte> name)
    {
        var text = "";
        while (json.NextMember())
        {
            if (json.IsMember(name))
            {
                text = json.ReadString();
            }
            else
            {
                json.SkipMember();
            }
        }

        return text;
    }

    private static Wire.StreamPosition ReadPosition(ref JsonInput json)
    {
        var position = new Wire.StreamPosition();
        while (json.NextMember())
        {
            if (json.IsMember("offset"u8))
            {
                position.Offset = json.ReadUInt64();
            }
            else if (json.IsMember("epoch"u8))
            {
                position.Epoch = json.ReadString();
            }
            else
            {
                json.SkipMember();
            }
        }

        return position;
    }
}
