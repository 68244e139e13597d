namespace WsCluster.Client.Protocol;

/// <summary>What the server sends: an answer (with an id), a push, or with nothing set a ping.</summary>
internal sealed record Reply : IIncoming<Reply>
{
    private static readonly FieldNames Fields = new(
        ("id", 1), ("error", 2), ("push", 4), ("connect", 5), ("subscribe", 6), ("presence", 9), ("presence_stats", 10), ("history", 11),
        ("rpc", 13), ("refresh", 14), ("sub_refresh", 15));

    public uint Id { get; private set; }

    public ServerError? Error { get; private set; }

    public Push? Push { get; private set; }

    public ConnectResult? Connect { get; private set; }

    public SubscribeResult? Subscribe { get; private set; }

    public PresenceResult? Presence { get; private set; }

    public PresenceStats? PresenceStats { get; private set; }

    public HistoryPage? History { get; private set; }

    public RpcResult? Rpc { get; private set; }

    /// <summary>The result of a refresh, of the connection or of a subscription.</summary>
    public Expiry? Refresh { get; private set; }

    public static Reply Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var reply = new Reply();
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 1:
                    reply.Id = (uint)reader.Number();
                    break;
                case 2:
                    reply.Error = reader.Message<ServerError>();
                    break;
                case 4:
                    reply.Push = reader.Message<Push>();
                    break;
                case 5:
                    reply.Connect = reader.Message<ConnectResult>();
                    break;
                case 6:
                    reply.Subscribe = reader.Message<SubscribeResult>();
                    break;
                case 9:
                    reply.Presence = reader.Message<PresenceResult>();
                    break;
                case 10:
                    reply.PresenceStats = reader.Message<PresenceStats>();
                    break;
                case 11:
                    reply.History = reader.Message<HistoryPage>();
                    break;
                case 13:
                    reply.Rpc = reader.Message<RpcResult>();
                    break;
                case 14:
                    reply.Refresh = reader.Message<RefreshResult>().Expiry;
                    break;
                case 15:
                    reply.Refresh = reader.Message<SubRefreshResult>().Expiry;
                    break;
            }
        }

        return reply;
    }
}
