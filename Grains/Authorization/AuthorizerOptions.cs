using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Authorization;

/// <summary>Limits for the application's authorizer, bound from <c>WsCluster:Authorizer</c>.</summary>
public sealed class AuthorizerOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Authorizer";

    /// <summary>How long a decision may take; after it the client gets a temporary error.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:04")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}
