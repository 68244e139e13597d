namespace WsCluster.Client;

/// <summary>Where a subscription is.</summary>
public enum SubscriptionState
{
    /// <summary>Not subscribed, and not trying to be: before <c>SubscribeAsync</c>, after <c>UnsubscribeAsync</c>, or ended by the server for good.</summary>
    Unsubscribed,

    /// <summary>On its way: waits for the connection, or repeats until the server has it.</summary>
    Subscribing,

    /// <summary>Live.</summary>
    Subscribed,
}
