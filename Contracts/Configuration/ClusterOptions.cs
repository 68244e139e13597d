using System.ComponentModel.DataAnnotations;

namespace WsCluster.Configuration;

/// <summary>What every process of a cluster must agree on, bound from <c>WsCluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster";

    /// <summary>
    /// The StackExchange.Redis connection string of the cluster's shared store, such as "localhost:6379". Empty: no
    /// cluster; a gateway then runs the silo in its own process (embedded mode).
    /// </summary>
    public string Redis { get; set; } = "";

    /// <summary>
    /// The PEM file of the authority that signed the certificate of Redis, for a connection string with "ssl=true". Empty: the
    /// authorities that the machine trusts.
    /// </summary>
    public string RedisAuthorityFile { get; set; } = "";

    /// <summary>The cluster's name: processes with the same Redis and name form one cluster.</summary>
    [RegularExpression("^[-a-zA-Z0-9_.]{1,64}$")]
    public string ClusterId { get; set; } = "wscluster";

    /// <summary>
    /// A JSON file with further configuration, so that silos and gateways can share one. Environment variables and the
    /// command line win over it. Empty: none.
    /// </summary>
    public string ConfigFile { get; set; } = "";

    /// <summary>True when this process runs without a cluster.</summary>
    public bool IsEmbedded => string.IsNullOrWhiteSpace(Redis);
}
