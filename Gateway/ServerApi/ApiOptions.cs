using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.ServerApi;

/// <summary>The HTTP API that backends call, bound from <c>WsCluster:Api</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Api";

    /// <summary>The keys that callers may use; several, so that one can be replaced without a pause. None: every call is refused.</summary>
    public IList<string> Keys { get; set; } = [];

    /// <summary>Answer calls without a key. For development only.</summary>
    public bool Insecure { get; set; }

    /// <summary>Where the API lives. Default: /api.</summary>
    [RegularExpression("^(/[-a-zA-Z0-9_.~]+)+$")]
    public string Prefix { get; set; } = "/api";

    /// <summary>Longest request body in bytes; longer ones get 413. Default: 1 MiB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Most commands of one batch; more are refused with error 107. Default: 1000.</summary>
    [Range(1, 100_000)]
    public int MaxBatchCommands { get; set; } = 1000;

    /// <summary>Most channels of one broadcast; more are refused with error 107. Default: 10000.</summary>
    [Range(1, 1_000_000)]
    public int MaxBroadcastChannels { get; set; } = 10_000;

    /// <summary>
    /// Commands of one key in a second in the whole cluster, with a burst of one second's worth; a batch counts each of its
    /// commands, a broadcast each channel. More are refused with HTTP status 429, a request of more than a second's worth with 413.
    /// Default: 0, no limit.
    /// </summary>
    [Range(0, 100_000_000)]
    public int MaxCommandsPerSecondPerKey { get; set; }

    /// <summary>Turn errors into HTTP status codes for every caller, as the header X-Centrifugo-Error-Mode does for one.</summary>
    public bool TransportErrorMode { get; set; }
}
