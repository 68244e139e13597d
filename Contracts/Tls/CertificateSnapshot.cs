using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace WsCluster.Tls;

/// <summary>What stood in the files of a <see cref="CertificateFile"/>.</summary>
internal sealed record CertificateTexts(string Certificate, string Key, string Authorities);

/// <summary>One state of a <see cref="CertificateFile"/>.</summary>
/// <param name="Files">What it was read from.</param>
/// <param name="Certificate">The certificate with its key.</param>
/// <param name="Context">The same with what links it to its authority, as a TLS server presents it.</param>
/// <param name="Authorities">The authorities whose certificates count.</param>
internal sealed record CertificateSnapshot(
    CertificateTexts Files, X509Certificate2 Certificate, SslStreamCertificateContext Context, X509Certificate2Collection Authorities)
{
    /// <summary>True when one of <see cref="Authorities"/>, and no other, vouches for a certificate now; its names do not matter.</summary>
    public bool Trusts(X509Certificate2 certificate, X509Certificate2Collection sentWithIt)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sentWithIt);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
