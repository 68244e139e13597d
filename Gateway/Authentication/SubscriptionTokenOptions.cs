namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Who may issue subscription tokens, bound from <c>WsCluster:SubscriptionTokens</c>. Without any key there, subscription
/// tokens are verified as connection tokens are (<see cref="TokenOptions"/>).
/// </summary>
internal sealed class SubscriptionTokenOptions : TokenOptions
{
    /// <summary>The configuration section.</summary>
    public new const string SectionName = "WsCluster:SubscriptionTokens";
}
