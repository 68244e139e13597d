using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsCluster.Tls;

/// <summary>
/// A certificate with its key, and the authorities that count, in PEM files that may be replaced while the process runs.
/// <see cref="Current"/> is one immutable snapshot, replaced whole.
/// </summary>
internal sealed class CertificateFile
{
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly string _authorityFile;
    private volatile CertificateSnapshot _current;

    /// <summary>Reads the files.</summary>
    /// <param name="certificateFile">The certificate, and after it those that link it to its authority.</param>
    /// <param name="keyFile">Its key; empty when that is in the same file.</param>
    /// <param name="authorityFile">The authorities that count for those who connect; empty for none.</param>
    /// <exception cref="CertificateFileException">A file cannot be read or is not what it must be.</exception>
    public CertificateFile(string certificateFile, string keyFile = "", string authorityFile = "")
    {
        _certificateFile = certificateFile;
        _keyFile = keyFile;
        _authorityFile = authorityFile;
        _current = Load(ReadFiles());
    }

    /// <summary>What the files held when they were read last and were right.</summary>
    public CertificateSnapshot Current => _current;

    /// <summary>Reads the files again. True when they held something new, which is in force from now on.</summary>
    /// <exception cref="CertificateFileException">They cannot be used; what was in force before still is.</exception>
    public bool Refresh()
    {
        // Content, not time: files of a Kubernetes secret are links whose own time never changes.
        var files = ReadFiles();
        if (files == _current.Files)
        {
            return false;
        }

        _current = Load(files);
        return true;
    }

    private CertificateTexts ReadFiles()
    {
        try
        {
            return new CertificateTexts(
                File.ReadAllText(_certificateFile),
                _keyFile.Length == 0 ? "" : File.ReadAllText(_keyFile),
                _authorityFile.Length == 0 ? "" : File.ReadAllText(_authorityFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CertificateFileException(e.Message, e);
        }
    }

    private CertificateSnapshot Load(CertificateTexts files)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(files.Certificate);
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(files.Authorities);
            if (_authorityFile.Length > 0 && authorities.Count == 0)
            {
                throw new CertificateFileException($"{_authorityFile} holds no certificate.");
            }

            var leaf = WithKey(files);
            // Offline: nobody is asked for certificates that are missing in the file.
            return new CertificateSnapshot(files, leaf, SslStreamCertificateContext.Create(leaf, chain, offline: true), authorities);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateFileException($"{_certificateFile} must hold a certificate and {(_keyFile.Length == 0 ? "its key" : $"{_keyFile} its key")} in PEM: {e.Message}", e);
        }
    }

    private static X509Certificate2 WithKey(CertificateTexts files)
    {
        var certificate = X509Certificate2.CreateFromPem(files.Certificate, files.Key.Length == 0 ? files.Certificate : files.Key);
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            // Windows does TLS only with keys that were imported.
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
