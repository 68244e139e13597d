using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>A certificate for 127.0.0.1 that only these tests trust, as the files that proxies read.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wscluster-tls-");
    private readonly X509Certificate2 _certificate;

    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=WsCluster tests", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12));

        var (certificate, privateKey) = (_certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        CertificateFile = Write("tls.crt", certificate);
        KeyFile = Write("tls.key", privateKey);
        CombinedFile = Write("tls.pem", $"{certificate}\n{privateKey}");
    }

    /// <summary>The certificate in PEM.</summary>
    public string CertificateFile { get; }

    /// <summary>Its key in PEM.</summary>
    public string KeyFile { get; }

    /// <summary>Both in one file.</summary>
    public string CombinedFile { get; }

    /// <summary>Lets a client trust this certificate and no other.</summary>
    public SslClientAuthenticationOptions TrustOptions() => new()
    {
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _certificate },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
