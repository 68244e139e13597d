using Microsoft.AspNetCore.Http.Features;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// The framework's WebSocket resets the whole connection when a client errs, and with it goes the close frame that it has just
/// written. This keeps the connection until we are done with it.
/// </summary>
internal sealed class GentleAbort(IHttpRequestLifetimeFeature lifetime) : IHttpRequestLifetimeFeature
{
    /// <inheritdoc/>
    public CancellationToken RequestAborted
    {
        get => lifetime.RequestAborted;
        set => lifetime.RequestAborted = value;
    }

    /// <summary>Puts itself between the request and its WebSocket; what is returned resets the connection.</summary>
    public static Action Install(HttpContext context)
    {
        var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        context.Features.Set<IHttpRequestLifetimeFeature>(new GentleAbort(lifetime));
        return lifetime.Abort;
    }

    /// <inheritdoc/>
    public void Abort()
    {
        // Not yet: the request ends when its connection has, or by the action that was returned.
    }
}
