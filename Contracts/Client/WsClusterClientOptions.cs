using WsCluster.Tls;

namespace WsCluster;

/// <summary>How an application service reaches the cluster.</summary>
public sealed class WsClusterClientOptions
{
    /// <summary>The configuration section that holds the settings below which have no section of their own.</summary>
    public const string SectionName = "WsCluster:Client";

    /// <summary>
    /// The StackExchange.Redis connection string that the silos use (<c>WsCluster:Redis</c>). Empty: the silo on this
    /// machine that a gateway in embedded mode runs.
    /// </summary>
    public string Redis { get; set; } = "";

    /// <summary>
    /// The PEM file of the authority that signed the certificate of Redis (<c>WsCluster:RedisAuthorityFile</c>). Empty: the
    /// authorities that the machine trusts.
    /// </summary>
    public string RedisAuthorityFile { get; set; } = "";

    /// <summary>TLS between this service and the silos (<c>WsCluster:ClusterTls</c>). Default: none.</summary>
    public ClusterTlsOptions ClusterTls { get; set; } = new();

    /// <summary>The cluster's name (<c>WsCluster:ClusterId</c>). Default: wscluster.</summary>
    public string ClusterId { get; set; } = "wscluster";

    /// <summary>Without Redis: the port of the local silo's Orleans gateway (<c>WsCluster:Silo:GatewayPort</c>). Default: 30000.</summary>
    public int LocalGatewayPort { get; set; } = 30000;

    /// <summary>How often the list of silos is read again: 1 to 5 seconds. Default: 1 second.</summary>
    public TimeSpan SiloListRefresh { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a single call may take before it fails. Default: 5 seconds.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an attempt that may be repeated waits for its answer: the time that a publish loses to a silo that just
    /// died. Default: 1 second.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a failing call is repeated before it throws. Must stay below the idempotency window (5 minutes). Zero:
    /// one attempt, and no generated idempotency keys, which cost the channel memory for the length of the window.
    /// Default: 10 seconds.
    /// </summary>
    public TimeSpan RetryDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with the options, each as a sentence that names the key; empty when nothing is.</summary>
    internal IEnumerable<string> FindErrors()
    {
        if (!System.Text.RegularExpressions.Regex.IsMatch(ClusterId, "^[-a-zA-Z0-9_.]{1,64}$"))
        {
            yield return $"WsCluster:ClusterId is \"{ClusterId}\": it must be 1 to 64 letters, digits, '-', '_' or '.'.";
        }

        if (LocalGatewayPort is < 1 or > 65535)
        {
            yield return $"WsCluster:Silo:GatewayPort is {LocalGatewayPort}: it must be a port from 1 to 65535.";
        }

        if (SiloListRefresh < TimeSpan.FromSeconds(1) || SiloListRefresh > TimeSpan.FromSeconds(5))
        {
            yield return $"WsCluster:Client:SiloListRefresh is {SiloListRefresh}: it must be from 1 to 5 seconds.";
        }

        if (ResponseTimeout <= TimeSpan.Zero || ResponseTimeout > TimeSpan.FromMinutes(1))
        {
            yield return $"WsCluster:Client:ResponseTimeout is {ResponseTimeout}: it must be above zero and at most 1 minute.";
        }

        if (AttemptTimeout <= TimeSpan.Zero || AttemptTimeout > ResponseTimeout)
        {
            yield return $"WsCluster:Client:AttemptTimeout is {AttemptTimeout}: it must be above zero and at most ResponseTimeout ({ResponseTimeout}).";
        }

        if (RetryDeadline < TimeSpan.Zero || RetryDeadline > TimeSpan.FromMinutes(2))
        {
            yield return $"WsCluster:Client:RetryDeadline is {RetryDeadline}: it must be from zero to 2 minutes, below the idempotency window.";
        }
    }
}
