namespace WsCluster.Gateway.Transports.Streams;

/// <summary>A transport whose downlink is one long HTTP response (protocol §24 and §25).</summary>
/// <param name="Name">Its name in logs, metrics and lists.</param>
/// <param name="IsEvents">True for event streams, which EventSource reads; false for plain streaming.</param>
/// <param name="IsUnidirectional">True when the client sends nothing after its connect request.</param>
internal sealed record StreamKind(string Name, bool IsEvents, bool IsUnidirectional)
{
    /// <summary>Plain streaming; commands come by requests.</summary>
    public static readonly StreamKind HttpStream = new("http_stream", IsEvents: false, IsUnidirectional: false);

    /// <summary>An event stream; commands come by requests.</summary>
    public static readonly StreamKind Sse = new("sse", IsEvents: true, IsUnidirectional: false);

    /// <summary>Plain streaming of pushes.</summary>
    public static readonly StreamKind UniHttpStream = new("uni_http_stream", IsEvents: false, IsUnidirectional: true);

    /// <summary>An event stream of pushes.</summary>
    public static readonly StreamKind UniSse = new("uni_sse", IsEvents: true, IsUnidirectional: true);

    private static readonly string[] Post = [HttpMethods.Post];
    private static readonly string[] GetOrPost = [HttpMethods.Get, HttpMethods.Post];

    /// <summary>Where it is.</summary>
    public string Path => $"/connection/{Name}";

    /// <summary>How it is opened: EventSource can only GET.</summary>
    public string[] Methods => IsEvents ? GetOrPost : Post;
}
