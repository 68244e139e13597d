using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.Hosting;

/// <summary>What a gateway allows its connections, bound from <c>WsCluster:Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Gateway";

    /// <summary>The gateway's name in the cluster, unique among gateways. Empty: host name and a random part.</summary>
    [RegularExpression("^[-a-zA-Z0-9_.]{0,64}$")]
    public string Id { get; set; } = "";

    /// <summary>
    /// Addresses, separated by semicolons and with ports of their own such as "http://127.0.0.1:9000", on which alone the HTTP
    /// API, health, metrics and pages are then served; connections are taken on them too. Empty: these are served on every
    /// address. Takes effect at the next start.
    /// </summary>
    public string InternalUrls { get; set; } = "";

    /// <summary>
    /// The PEM file of the certificate for addresses that begin with https://, and after it those that link it to its authority.
    /// Read again every 5 seconds. Empty: what Kestrel:Certificates and Kestrel:Endpoints say.
    /// </summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The PEM file of its key. Empty: the key is in CertificateFile.</summary>
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>Let clients connect without a token, as the anonymous user.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Let every client do everything; for development only. Tokens are still verified when present.</summary>
    public bool Insecure { get; set; }

    /// <summary>
    /// Subscribe every connection with a user to the user's personal channel, <c>#user</c>: what is published there reaches all
    /// of the user's connections, with history and presence if its namespace has them.
    /// </summary>
    public bool PersonalChannels { get; set; }

    /// <summary>The namespace of personal channels: "me" makes them <c>me:#user</c>. Empty: none.</summary>
    [RegularExpression("^([-a-zA-Z0-9_]{2,})?$")]
    public string PersonalChannelNamespace { get; set; } = "";

    /// <summary>Web pages that may connect: origins such as "https://*.example.com", or "*" for all. Empty: the gateway's own host. Its own pages, opened by IP address or as localhost, always may.</summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Compress messages (permessage-deflate) of WebSockets whose handshake itself shows a valid token of a user, in the header
    /// Authorization as "Bearer …" or the query parameter cf_token, and asks for it. MaxMessageBytes and MaxBytesPerSecond count
    /// what a message inflates to. Each publication is compressed once, whoever gets it; messages below 200 bytes are not.
    /// </summary>
    public bool Deflate { get; set; }

    /// <summary>
    /// Read and send WebSockets on addresses without TLS by the gateway's own I/O threads, one for each core, instead of .NET's sockets:
    /// less CPU, most of all for connects and for many channels. On Linux only; elsewhere it makes no difference. Takes effect at the
    /// next start.
    /// </summary>
    public bool Reactor { get; set; } = true;

    /// <summary>Time between two pings to a client. Zero: no pings.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Time in which a client must answer a ping, shorter than PingInterval.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Time in which a new transport must bring a successful connect command.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan StaleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after its expiry in which a connection or subscription can still be refreshed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ExpiredCloseDelay { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Time that a closing connection waits for the client's close frame.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest message from a client in bytes; a larger one closes the connection with 1009.</summary>
    [Range(1024, 8 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes queued for one connection before it is closed as slow (3008).</summary>
    [Range(16 * 1024, 64 * 1024 * 1024)]
    public int MaxQueuedBytes { get; set; } = 1024 * 1024;

    /// <summary>Open connections of this gateway; one more is refused with HTTP status 503.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 250_000;

    /// <summary>
    /// Open connections of one public client address, an IPv6 address counting by its /64 network; one more is refused with HTTP
    /// status 429. Loopback and private addresses are not limited. Zero: no limit.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 10_000;

    /// <summary>
    /// Handshakes of one public client address in a second, with a burst of ten seconds' worth; one more is refused with HTTP
    /// status 429. Zero: no limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxHandshakesPerSecondPerAddress { get; set; } = 100;

    /// <summary>
    /// Proxies, as addresses or networks such as "10.0.0.0/8", whose X-Forwarded-For names the client's address. Empty: nobody's
    /// is read.
    /// </summary>
    public IList<string> TrustedProxies { get; set; } = [];

    /// <summary>
    /// Commands of one connection in a second, with a burst of one second's worth. A faster client waits; one that would wait
    /// longer than 5 seconds is closed with 3013. Zero: no limit.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxCommandsPerSecond { get; set; } = 50_000;

    /// <summary>Bytes of one connection's messages in a second; otherwise as MaxCommandsPerSecond. Zero: no limit.</summary>
    [Range(0, 1024 * 1024 * 1024)]
    public int MaxBytesPerSecond { get; set; } = 32 * 1024 * 1024;

    /// <summary>Commands in one message; one more closes the connection with 3501.</summary>
    [Range(1, 1_000_000)]
    public int MaxCommandsPerMessage { get; set; } = 10_000;

    /// <summary>
    /// How deep the JSON of a command may nest, its data included; a deeper one closes the connection with 3501. JSON clients get
    /// whatever others publish, so it is also what their parsers must be able to read.
    /// </summary>
    [Range(8, 500)]
    public int MaxJsonDepth { get; set; } = 64;

    /// <summary>
    /// Error replies of one connection in a minute, temporary errors aside; one more closes the connection with 3509. Zero: no
    /// limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxErrorsPerMinute { get; set; } = 600;

    /// <summary>Subscriptions of one connection; one more is refused with error 106.</summary>
    [Range(1, 100_000)]
    public int MaxChannelsPerConnection { get; set; } = 128;

    /// <summary>Longest channel name in bytes; a longer one is refused with error 107.</summary>
    [Range(1, 255)]
    public int MaxChannelLength { get; set; } = 255;

    /// <summary>Most publications in one history result.</summary>
    [Range(1, 100_000)]
    public int MaxHistoryPublications { get; set; } = 300;

    /// <summary>
    /// Publications of history that are read for one connection in a second, those that it recovers included, with a burst of
    /// ten seconds' worth. A faster client waits, as with MaxCommandsPerSecond. Zero: no limit.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxHistoryPublicationsPerSecond { get; set; } = 10_000;

    /// <summary>Most publications that a subscriber recovers; a larger gap is not recovered.</summary>
    [Range(1, 100_000)]
    public int MaxRecoveryPublications { get; set; } = 300;

    /// <summary>Time that a gateway stays subscribed to a channel after its last local subscriber left.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Silence of a silo after which its channels and users are looked up again.</summary>
    [Range(typeof(TimeSpan), "00:00:01.500", "00:01:00")]
    public TimeSpan SiloSilence { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Time within which a call to the cluster is repeated before the client gets a temporary error.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ClusterDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time that an attempt of a publish or of a read of history waits for its answer before it is repeated: what such a call
    /// loses to a silo that just died.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Reads of history under way for subscribers that recover and for channels that catch up. More wait for a place, up to
    /// ClusterDeadline.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxRecoveryReads { get; set; } = 64;

    /// <summary>
    /// How often the gateway publishes to a channel of its own, in each lane, and looks whether it comes back. When it does not
    /// twice in a row, the gateway subscribes to everything again. Zero: never.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan CanaryInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Lanes on which silos deliver to this gateway in parallel; a channel always uses the same one. A lane takes some 600,000
    /// deliveries a second, and more lanes make smaller batches.
    /// </summary>
    [Range(1, 64)]
    public int Lanes { get; set; } = 2;

    /// <summary>Time that a stopping gateway takes to close its connections, a slice after the other.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(5);
}
