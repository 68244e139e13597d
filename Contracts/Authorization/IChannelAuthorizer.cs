namespace WsCluster;

/// <summary>
/// Application code in the silos that decides who may subscribe to a channel and publish into it, for namespaces whose
/// <c>SubscribeDecision</c> or <c>PublishDecision</c> is <c>Authorizer</c>. It is one grain call away from the gateway, not
/// an HTTP request, and may ask other grains. Register it with <c>AddChannelAuthorizer</c> in every silo.
/// </summary>
/// <remarks>
/// Calls come concurrently and from any silo, on the grain scheduler: never block. One that throws or takes longer than
/// <c>WsCluster:Authorizer:Timeout</c> is a temporary error (100) for the client, never a yes. A private channel (<c>$</c>), a
/// user-limited one (<c>#</c>) and a subscription with a token are decided without it.
/// </remarks>
public interface IChannelAuthorizer
{
    /// <summary>May this client subscribe?</summary>
    Task<SubscribeDecision> MaySubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken);

    /// <summary>May this client publish this?</summary>
    Task<PublishDecision> MayPublishAsync(PublishAttempt attempt, CancellationToken cancellationToken);
}
