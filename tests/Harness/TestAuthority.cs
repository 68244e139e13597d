using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsCluster.Tests.Harness;

/// <summary>An authority of a test's own that signs certificates, as PEM files in a folder that goes with it.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wscluster-tls-");
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        _root = SelfSigned("CN=test authority");
        File = Write("authority.pem", _root.ExportCertificatePem());
    }

    /// <summary>The authority's own certificate.</summary>
    public X509Certificate2 Root => _root;

    /// <summary>The file with it.</summary>
    public string File { get; }

    /// <summary>The folder of all files.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Trusts what this authority signed for the host, and nothing else.</summary>
    public bool Trusts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        using var own = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        own.ChainPolicy.CustomTrustStore.Add(_root);
        return certificate is X509Certificate2 shown && own.Build(shown) && (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0;
    }

    /// <summary>Signs a certificate for localhost and returns its file, which holds the key too.</summary>
    public string Issue(string name, string? subject = null) => Write($"{name}.pem", IssuePem(subject ?? name));

    /// <summary>The same as text: certificate, then key.</summary>
    public string IssuePem(string name, TimeSpan? validFor = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Sign(Request(name, key), validFor ?? TimeSpan.FromHours(1));
        return $"{signed.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>Writes a file into the folder and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _root.Dispose();
        _folder.Delete(recursive: true);
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication), new Oid(ClientAuthentication)], critical: false));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, TimeSpan validFor)
    {
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        return request.Create(_root, from, DateTimeOffset.UtcNow + validFor, RandomNumberGenerator.GetBytes(16));
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }
}
