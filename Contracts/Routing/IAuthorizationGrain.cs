namespace WsCluster.Routing;

/// <summary>
/// Reaches the application's <see cref="IChannelAuthorizer"/> in some silo. Stateless: any activation answers. The key is
/// from 0 to <see cref="Keys"/> - 1 and only spreads the calls over the silos.
/// </summary>
[Alias("WsCluster.IAuthorizationGrain")]
public interface IAuthorizationGrain : IGrainWithIntegerKey
{
    /// <summary>How many keys there are.</summary>
    const int Keys = 64;

    /// <summary>Asks whether a client may subscribe.</summary>
    /// <exception cref="WsClusterException">100 (temporary): the authorizer failed or took too long; 108: there is none.</exception>
    [Alias("MaySubscribe")]
    Task<SubscribeDecision> MaySubscribeAsync(SubscribeAttempt attempt);

    /// <summary>Asks whether a client may publish.</summary>
    /// <exception cref="WsClusterException">100 (temporary): the authorizer failed or took too long; 108: there is none.</exception>
    [Alias("MayPublish")]
    Task<PublishDecision> MayPublishAsync(PublishAttempt attempt);
}
