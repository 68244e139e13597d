using System.Collections.Concurrent;
using System.Security.Cryptography;
using WsCluster.Tests.Hostile.Harness;

[assembly: AssemblyFixture(typeof(HostileGateway))]

namespace WsCluster.Tests.Hostile.Harness;

/// <summary>
/// The gateway that all cases attack: a process of its own in embedded mode, with its defaults as far as the tests allow. A
/// witness, a client that behaves, is connected all the time.
/// </summary>
public sealed class HostileGateway : IAsyncLifetime
{
    /// <summary>Is in every payload that a case sends, and must never be in the log.</summary>
    public const string Marker = "hunter2-payload";

    /// <summary>What one case may leave in the process's memory, which the garbage collector has not taken back yet.</summary>
    private const long MaxGrowthBytes = 250_000_000;

    private readonly ConcurrentDictionary<string, byte> _secrets = new();
    private readonly TestAuthority _authority = new();
    private GatewayProcess? _process;
    private Witness? _witness;
    private long _startBytes;
    private int _linesSeen;
    private int _published;

    /// <summary>The secret of HMAC tokens.</summary>
    public string HmacSecret { get; } = "hostile-suite-secret-of-32-characters-or-more";

    /// <summary>The issuer's RSA key; the gateway has its public half.</summary>
    public RSA Rsa { get; } = RSA.Create(2048);

    /// <summary>The issuer's ECDSA key; the gateway has its public half.</summary>
    public ECDsa Ecdsa { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The API's keys: two, as during a rotation.</summary>
    public string[] ApiKeys { get; } = ["first-api-key-0123456789", "second-api-key-9876543210"];

    /// <summary>Its HTTP address.</summary>
    public Uri Address => _process!.Address;

    /// <summary>Its address with TLS.</summary>
    public Uri Secure { get; private set; } = new("https://127.0.0.1");

    /// <summary>Requests over TLS and HTTP/2, on one connection.</summary>
    public HttpMessageInvoker Http2 { get; private set; } = null!;

    /// <summary>What the gateway shows over TLS.</summary>
    internal TestAuthority Authority => _authority;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Remember([HmacSecret, Marker, .. ApiKeys]);
        Http2 = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = _authority.Trusts } });
        var certificate = _authority.Issue("hostile");
        _process = await Retry.OnOtherPortsAsync(() => StartAsync(certificate));
        _witness = await Witness.ConnectAsync(this);
        _startBytes = _process.Process.ResidentBytes();
        _linesSeen = 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _witness?.Dispose();
        Http2?.Dispose();
        Rsa.Dispose();
        Ecdsa.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _authority.Dispose();
    }

    /// <summary>Texts that must not be in the log from now on.</summary>
    public void Remember(IEnumerable<string> secrets)
    {
        foreach (var secret in secrets)
        {
            _secrets[secret] = 0;
        }
    }

    /// <summary>
    /// Fails unless the process lives, logged no error and no secret, holds no more memory than it may, and the witness, who
    /// was connected all the time, still gets its messages.
    /// </summary>
    public async Task AssertUnharmedAsync()
    {
        var expected = $"still here {++_published}";
        await _witness!.PublishAndSeeAsync(expected);
        Assert.False(_process!.Process.HasExited);
        var lines = _process.Process.Lines.Skip(_linesSeen).ToArray();
        _linesSeen += lines.Length;
        foreach (var line in lines) // those of this case: a failure does not spread to the next
        {
            Assert.DoesNotContain(" fail: ", line, StringComparison.Ordinal);
            Assert.DoesNotContain(" crit: ", line, StringComparison.Ordinal);
            Assert.DoesNotContain("Unhandled exception", line, StringComparison.Ordinal);
            Assert.DoesNotContain(_secrets.Keys, secret => line.Contains(secret, StringComparison.Ordinal));
        }

        Assert.InRange(_process.Process.ResidentBytes() - _startBytes, long.MinValue, MaxGrowthBytes);
    }

    private Task<GatewayProcess> StartAsync(string certificate)
    {
        var plain = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        Secure = new Uri($"https://127.0.0.1:{FreePort.Next()}");
        return GatewayProcess.StartAtAsync(
            "hostile",
            plain,
            $"urls={plain};{Secure}",
            $"WsCluster:Silo:Port={FreePort.Next()}",
            $"WsCluster:Silo:GatewayPort={FreePort.Next()}",
            $"WsCluster:Gateway:CertificateFile={certificate}",
            $"WsCluster:Tokens:HmacSecret={HmacSecret}",
            $"WsCluster:Tokens:RsaPublicKey={Rsa.ExportSubjectPublicKeyInfoPem()}",
            $"WsCluster:Tokens:EcdsaPublicKey={Ecdsa.ExportSubjectPublicKeyInfoPem()}",
            $"WsCluster:Api:Keys:0={ApiKeys[0]}",
            $"WsCluster:Api:Keys:1={ApiKeys[1]}",
            "WsCluster:Gateway:Deflate=true", // which no handshake gets that shows no token
            "WsCluster:Gateway:StaleTimeout=00:00:04",
            "WsCluster:Gateway:CloseTimeout=00:00:01",
            "Logging:LogLevel:WsCluster=Trace");
    }
}
