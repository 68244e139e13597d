namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>Whose connections a method is about. An empty user means the anonymous connections.</summary>
internal abstract class UserBody
{
    public string? User { get; set; }

    public string? Client { get; set; }

    /// <summary>
    /// Only connections of this session. Sessions are not looked up by name here, so that a request with one concerns no
    /// connection and must not reach all of them.
    /// </summary>
    public string? Session { get; set; }

    /// <summary>False when no connection can be meant.</summary>
    public bool NamesConnections => string.IsNullOrEmpty(Session);

    /// <summary>The one connection meant, or null for all.</summary>
    public string? OnlyClient => string.IsNullOrEmpty(Client) ? null : Client;

    /// <summary>Sends the command on its way.</summary>
    public async Task<ApiReply> ExecuteAsync(IWsCluster cluster, UserCommand command, CancellationToken cancellationToken)
    {
        if (NamesConnections)
        {
            await cluster.User(User ?? "").ExecuteAsync(command, cancellationToken);
        }

        return ApiReply.Empty;
    }
}
