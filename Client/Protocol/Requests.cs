namespace WsCluster.Client.Protocol;

internal sealed record ConnectRequest(
    string? Token, ReadOnlyMemory<byte>? Data, IReadOnlyDictionary<string, IOutgoing> Subs, string Name, string Version) : IOutgoing
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public void Write(IFieldWriter fields)
    {
        fields.Text(1, "token", Token);
        fields.Data(2, "data", Data);
        fields.Map(3, "subs", Subs);
        fields.Text(4, "name", Name);
        fields.Text(5, "version", Version);
        fields.TextMap(6, "headers", Headers);
    }
}

internal sealed record SubscribeRequest : IOutgoing
{
    public string? Channel { get; init; }

    public string? Token { get; init; }

    public StreamPosition? Recover { get; init; }

    public ReadOnlyMemory<byte>? Data { get; init; }

    public bool Positioned { get; init; }

    public bool Recoverable { get; init; }

    public bool JoinLeave { get; init; }

    public bool Delta { get; init; }

    public TagsFilter? TagsFilter { get; init; }

    public void Write(IFieldWriter fields)
    {
        fields.Text(1, "channel", Channel);
        fields.Text(2, "token", Token);
        fields.Flag(3, "recover", Recover is not null);
        fields.Text(6, "epoch", Recover?.Epoch);
        fields.Number(7, "offset", Recover?.Offset ?? 0);
        fields.Data(8, "data", Data);
        fields.Flag(9, "positioned", Positioned);
        fields.Flag(10, "recoverable", Recoverable);
        fields.Flag(11, "join_leave", JoinLeave);
        fields.Text(12, "delta", Delta ? "fossil" : null);
        fields.Message(13, "tf", TagsFilter);
    }
}

/// <summary>A request that names a channel and nothing else.</summary>
internal sealed record ChannelRequest(string Channel) : IOutgoing
{
    public void Write(IFieldWriter fields) => fields.Text(1, "channel", Channel);
}

internal sealed record PublishRequest(string Channel, ReadOnlyMemory<byte> Data) : IOutgoing
{
    public void Write(IFieldWriter fields)
    {
        fields.Text(1, "channel", Channel);
        fields.Data(2, "data", Data);
    }
}

internal sealed record HistoryRequest(string Channel, HistoryQuery Query) : IOutgoing
{
    public void Write(IFieldWriter fields)
    {
        fields.Text(1, "channel", Channel);
        fields.Signed(7, "limit", Query.Limit);
        fields.Message(8, "since", Query.Since);
        fields.Flag(9, "reverse", Query.Reverse);
    }
}

internal sealed record RpcRequest(string Method, ReadOnlyMemory<byte> Data) : IOutgoing
{
    public void Write(IFieldWriter fields)
    {
        fields.Data(1, "data", Data);
        fields.Text(2, "method", Method);
    }
}

internal sealed record SendRequest(ReadOnlyMemory<byte> Data) : IOutgoing
{
    public void Write(IFieldWriter fields) => fields.Data(1, "data", Data);
}

internal sealed record RefreshRequest(string Token) : IOutgoing
{
    public void Write(IFieldWriter fields) => fields.Text(1, "token", Token);
}

internal sealed record SubRefreshRequest(string Channel, string Token) : IOutgoing
{
    public void Write(IFieldWriter fields)
    {
        fields.Text(1, "channel", Channel);
        fields.Text(2, "token", Token);
    }
}
