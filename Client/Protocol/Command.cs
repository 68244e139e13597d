namespace WsCluster.Client.Protocol;

/// <summary>What the client sends. With nothing set it is a pong.</summary>
internal sealed record Command : IOutgoing
{
    public uint Id { get; init; }

    public ConnectRequest? Connect { get; init; }

    public SubscribeRequest? Subscribe { get; init; }

    public ChannelRequest? Unsubscribe { get; init; }

    public PublishRequest? Publish { get; init; }

    public ChannelRequest? Presence { get; init; }

    public ChannelRequest? PresenceStats { get; init; }

    public HistoryRequest? History { get; init; }

    public SendRequest? Send { get; init; }

    public RpcRequest? Rpc { get; init; }

    public RefreshRequest? Refresh { get; init; }

    public SubRefreshRequest? SubRefresh { get; init; }

    public void Write(IFieldWriter fields)
    {
        fields.Number(1, "id", Id);
        fields.Message(4, "connect", Connect);
        fields.Message(5, "subscribe", Subscribe);
        fields.Message(6, "unsubscribe", Unsubscribe);
        fields.Message(7, "publish", Publish);
        fields.Message(8, "presence", Presence);
        fields.Message(9, "presence_stats", PresenceStats);
        fields.Message(10, "history", History);
        fields.Message(12, "send", Send);
        fields.Message(13, "rpc", Rpc);
        fields.Message(14, "refresh", Refresh);
        fields.Message(15, "sub_refresh", SubRefresh);
    }
}
