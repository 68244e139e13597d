namespace WsCluster.Client.Protocol;

internal sealed record ServerError : IIncoming<ServerError>
{
    private static readonly FieldNames Fields = new(("code", 1), ("message", 2), ("temporary", 3));

    public int Code { get; private set; }

    public string Message { get; private set; } = "";

    public bool IsTemporary { get; private set; }

    public static ServerError Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var error = new ServerError();
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 1:
                    error.Code = (int)reader.Number();
                    break;
                case 2:
                    error.Message = reader.Text();
                    break;
                case 3:
                    error.IsTemporary = reader.Flag();
                    break;
            }
        }

        return error;
    }
}

internal sealed record ConnectResult : IIncoming<ConnectResult>
{
    private static readonly FieldNames Fields = new(
        ("client", 1), ("version", 2), ("expires", 3), ("ttl", 4), ("data", 5), ("subs", 6), ("ping", 7), ("pong", 8));

    public string Client { get; private set; } = "";

    public string Version { get; private set; } = "";

    public Expiry Expiry { get; private set; }

    public ReadOnlyMemory<byte> Data { get; private set; }

    public Dictionary<string, SubscribeResult> Subs { get; } = [];

    /// <summary>Time between two pings; zero: there are none.</summary>
    public TimeSpan Ping { get; private set; }

    public bool Pong { get; private set; }

    public static ConnectResult Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var result = new ConnectResult();
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 1:
                    result.Client = reader.Text();
                    break;
                case 2:
                    result.Version = reader.Text();
                    break;
                case 3:
                    result.Expiry = result.Expiry with { Expires = reader.Flag() };
                    break;
                case 4:
                    result.Expiry = result.Expiry with { Ttl = TimeSpan.FromSeconds(reader.Number()) };
                    break;
                case 5:
                    result.Data = reader.Data();
                    break;
                case 6:
                    reader.Map(result.Subs);
                    break;
                case 7:
                    result.Ping = TimeSpan.FromSeconds(reader.Number());
                    break;
                case 8:
                    result.Pong = reader.Flag();
                    break;
            }
        }

        return result;
    }
}

internal sealed record PresenceResult : IIncoming<PresenceResult>
{
    private static readonly FieldNames Fields = new(("presence", 1));

    public Dictionary<string, ClientInfo> Clients { get; } = [];

    public static PresenceResult Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var result = new PresenceResult();
        while (reader.Next(Fields, out _))
        {
            reader.Map(result.Clients);
        }

        return result;
    }
}

internal sealed record RpcResult : IIncoming<RpcResult>
{
    private static readonly FieldNames Fields = new(("data", 1));

    public ReadOnlyMemory<byte> Data { get; private set; }

    public static RpcResult Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var result = new RpcResult();
        while (reader.Next(Fields, out _))
        {
            result.Data = reader.Data();
        }

        return result;
    }
}
