namespace WsCluster.Tls;

/// <summary>
/// TLS between silos, gateways and application services, bound from <c>WsCluster:ClusterTls</c>. Both sides of a connection show a
/// certificate, and one that the cluster's own authority did not sign gets nowhere. All processes must have it or none.
/// </summary>
public sealed class ClusterTlsOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:ClusterTls";

    /// <summary>
    /// The PEM file of the certificate that this process shows. Its names do not matter; where it limits its use, that must be
    /// for servers and for clients. Read again every 5 seconds. Empty: no TLS.
    /// </summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The PEM file of its key. Empty: the key is in CertificateFile.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>
    /// The PEM file of the authorities whose certificates count: one that signs for this cluster alone. Several while one is
    /// replaced.
    /// </summary>
    public string AuthorityFile { get; set; } = "";

    /// <summary>True when connections in the cluster have TLS.</summary>
    internal bool IsOn => CertificateFile.Length > 0;
}
