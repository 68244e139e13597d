using System.Security.Cryptography.X509Certificates;
using WsCluster.Tests.Harness;
using WsCluster.Tls;

namespace WsCluster.Tests.Unit.Tls;

/// <summary>What a process makes of certificate files, right, wrong and replaced.</summary>
public sealed class CertificateFileTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Open_KeyInTheSameFile_HasBoth()
    {
        var file = new CertificateFile(_authority.Issue("one"));

        Assert.Equal("CN=one", file.Current.Certificate.Subject);
        Assert.True(file.Current.Certificate.HasPrivateKey);
    }

    [Fact]
    public void Open_KeyInAFileOfItsOwn_HasBoth()
    {
        var pem = _authority.IssuePem("one");
        var split = pem.IndexOf("-----BEGIN PRIVATE KEY", StringComparison.Ordinal);
        var file = new CertificateFile(_authority.Write("tls.crt", pem[..split]), _authority.Write("tls.key", pem[split..]));

        Assert.True(file.Current.Certificate.HasPrivateKey);
    }

    [Fact]
    public void Open_FollowedByItsAuthority_PresentsBoth()
    {
        var file = new CertificateFile(_authority.Write("chain.pem", _authority.IssuePem("one") + _authority.Root.ExportCertificatePem()));

        Assert.Equal("CN=one", file.Current.Context.TargetCertificate.Subject);
    }

    [Theory, InlineData(""), InlineData("nonsense"), InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void Open_NoCertificate_SaysWhichFile(string content)
    {
        var path = _authority.Write("wrong.pem", content);

        Assert.Contains(path, Assert.Throws<CertificateFileException>(() => new CertificateFile(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_KeyOfAnother_IsRefused()
    {
        var other = _authority.Issue("other");

        Assert.Throws<CertificateFileException>(() => new CertificateFile(_authority.Issue("one"), other));
    }

    [Fact]
    public void Open_NoFile_IsRefused() => Assert.Throws<CertificateFileException>(() => new CertificateFile(Path.Combine(_authority.Folder, "none.pem")));

    [Fact]
    public void Open_AuthorityFileWithoutCertificate_IsRefused() =>
        Assert.Throws<CertificateFileException>(() => new CertificateFile(_authority.Issue("one"), authorityFile: _authority.Write("empty.pem", "")));

    [Fact]
    public void Refresh_SameContent_KeepsWhatIsInForce()
    {
        var file = new CertificateFile(_authority.Issue("one"));
        var before = file.Current;

        Assert.False(file.Refresh());
        Assert.Same(before, file.Current);
    }

    [Fact]
    public void Refresh_OtherContent_TakesItOver()
    {
        var path = _authority.Issue("one");
        var file = new CertificateFile(path);
        File.WriteAllText(path, _authority.IssuePem("two"));

        Assert.True(file.Refresh());
        Assert.Equal("CN=two", file.Current.Certificate.Subject);
    }

    [Fact]
    public void Refresh_LinkThatIsMoved_TakesItOver() // as Kubernetes replaces the files of a secret
    {
        var data = Path.Combine(_authority.Folder, "..data");
        var link = Path.Combine(_authority.Folder, "tls.pem");
        File.CreateSymbolicLink(data, _authority.Issue("one"));
        File.CreateSymbolicLink(link, data);
        var file = new CertificateFile(link);
        File.Delete(data);
        File.CreateSymbolicLink(data, _authority.Issue("two"));

        Assert.True(file.Refresh());
        Assert.Equal("CN=two", file.Current.Certificate.Subject);
    }

    [Fact]
    public void Refresh_HalfWrittenFile_KeepsWhatIsInForceUntilItIsWhole()
    {
        var path = _authority.Issue("one");
        var file = new CertificateFile(path);
        var next = _authority.IssuePem("two");
        File.WriteAllText(path, next[..(next.Length / 2)]);

        Assert.Throws<CertificateFileException>(() => file.Refresh());
        Assert.Equal("CN=one", file.Current.Certificate.Subject);

        File.WriteAllText(path, next);
        Assert.True(file.Refresh());
        Assert.Equal("CN=two", file.Current.Certificate.Subject);
    }

    [Fact]
    public void Trusts_SignedByTheAuthority_WhateverItsName() => Assert.True(Open().Trusts(Load(_authority.IssuePem("anything")), []));

    [Fact]
    public void Trusts_SignedByAnotherOfTheSameName_False()
    {
        using var other = new TestAuthority();

        Assert.False(Open().Trusts(Load(other.IssuePem("one")), []));
        Assert.False(Open().Trusts(Load(other.IssuePem("one")), [other.Root]));
    }

    [Fact]
    public void Trusts_Expired_False() => Assert.False(Open().Trusts(Load(_authority.IssuePem("one", validFor: TimeSpan.FromHours(-1))), []));

    private CertificateSnapshot Open() => new CertificateFile(_authority.Issue("own"), authorityFile: _authority.File).Current;

    private static X509Certificate2 Load(string pem) => X509Certificate2.CreateFromPem(pem);
}
