namespace WsCluster.Samples.Pages;

/// <summary>What the page of a sample needs, bound from <c>Page</c>.</summary>
public sealed class PageOptions
{
    public const string SectionName = "Page";

    /// <summary>Where the page connects: an address, or a path on the page's own server. Empty: port 8000 of the machine that served the page.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Serves the page alone, where the program could run a gateway and a silo as well.</summary>
    public bool Only { get; set; }

    /// <summary>The secret with which tokens are signed: the gateways' <c>WsCluster:Tokens:HmacSecret</c>.</summary>
    public string TokenSecret { get; set; } = "";
}
