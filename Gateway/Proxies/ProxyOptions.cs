using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.Proxies;

/// <summary>
/// HTTP endpoints of the application that the gateway asks (protocol §23), bound from <c>WsCluster:Proxy</c>. Addresses and
/// headers follow the configuration; time, retries and limits are read at start.
/// </summary>
internal sealed class ProxyOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Proxy";

    /// <summary>Asked when a client connects without a token: who is it? Empty: nobody is asked.</summary>
    public string ConnectUrl { get; set; } = "";

    /// <summary>Asked when a connection that ConnectUrl let in expires. Empty: it is closed with 3005.</summary>
    public string RefreshUrl { get; set; } = "";

    /// <summary>Asked about subscribing in namespaces whose SubscribeDecision is Proxy.</summary>
    public string SubscribeUrl { get; set; } = "";

    /// <summary>Asked about publishing in namespaces whose PublishDecision is Proxy.</summary>
    public string PublishUrl { get; set; } = "";

    /// <summary>Asked when a subscription that SubscribeUrl allowed expires, in namespaces with SubRefreshProxy.</summary>
    public string SubRefreshUrl { get; set; } = "";

    /// <summary>Answers the clients' rpc commands. Empty: they get error 108.</summary>
    public string RpcUrl { get; set; } = "";

    /// <summary>How long one attempt may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often a question that got no answer, or a status of 500 and above, is asked again. Publish and rpc are asked once:
    /// the application may have acted on them.
    /// </summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>Requests under way at a time.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrency { get; set; } = 200;

    /// <summary>Requests that may wait for their turn; one more is refused with error 111 (temporary).</summary>
    [Range(0, 1_000_000)]
    public int MaxWaiting { get; set; } = 2000;

    /// <summary>Longest answer in bytes; a longer one is a failure.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 1024 * 1024;

    /// <summary>Send data in base64 as b64data, for applications whose messages are not JSON.</summary>
    public bool BinaryEncoding { get; set; }

    /// <summary>Send the meta of the connection along.</summary>
    public bool IncludeMeta { get; set; }

    /// <summary>Headers of the client's upgrade request that are sent along, such as Cookie or Authorization.</summary>
    public IList<string> HttpHeaders { get; set; } = [];

    /// <summary>
    /// Headers that clients may set themselves in their connect command, for browsers, which cannot set real ones. They are
    /// whatever the client says. A real header of the same name wins.
    /// </summary>
    public IList<string> EmulatedHeaders { get; set; } = [];

    /// <summary>All addresses with their keys.</summary>
    public IEnumerable<(string Key, string Url)> Urls() =>
    [
        (nameof(ConnectUrl), ConnectUrl), (nameof(RefreshUrl), RefreshUrl), (nameof(SubscribeUrl), SubscribeUrl),
        (nameof(PublishUrl), PublishUrl), (nameof(SubRefreshUrl), SubRefreshUrl), (nameof(RpcUrl), RpcUrl),
    ];
}
