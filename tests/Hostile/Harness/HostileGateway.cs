using System.Collections.Concurrent;
using System.Security.Cryptography;
using WsCluster.Tests.Hostile.Harness;

[assembly: AssemblyFixture(typeof(HostileGateway))]

namespace WsCluster.Tests.Hostile.Harness;

/// <summary>
/// The gateway that all cases attack: a process of its own in embedded mode, with its defaults as far as the tests allow, and a second
/// one without the reactor, for the cases of <see cref="Way.Framework"/>.
/// </summary>
public sealed class HostileGateway : IAsyncLifetime
{
    /// <summary>Is in every payload that a case sends, and must never be in the log.</summary>
    public const string Marker = "hunter2-payload";

    private readonly ConcurrentDictionary<string, byte> _secrets = new();
    private readonly TestAuthority _authority = new();
    private AttackedProcess? _process;
    private AttackedProcess? _framework;

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

    /// <summary>The HTTP address of the one without the reactor.</summary>
    public Uri FrameworkAddress => _framework!.Address;

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
        _process = await AttackedProcess.WatchAsync(await Retry.OnOtherPortsAsync(() => StartAsync(certificate)));
        _framework = await AttackedProcess.WatchAsync(await GatewayProcess.StartEmbeddedAsync([.. Settings(), "WsCluster:Gateway:Reactor=false"]));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http2?.Dispose();
        Rsa.Dispose();
        Ecdsa.Dispose();
        foreach (var process in new[] { _process, _framework }.OfType<AttackedProcess>())
        {
            await process.DisposeAsync();
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

    /// <inheritdoc cref="AttackedProcess.AssertUnharmedAsync"/>
    public Task AssertUnharmedAsync() => Task.WhenAll(_process!.AssertUnharmedAsync(_secrets.Keys), _framework!.AssertUnharmedAsync(_secrets.Keys));

    private Task<GatewayProcess> StartAsync(string certificate)
    {
        var plain = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        Secure = new Uri($"https://127.0.0.1:{FreePort.Next()}");
        return GatewayProcess.StartAtAsync(
            "hostile",
            plain,
            [
                $"urls={plain};{Secure}",
                $"WsCluster:Silo:Port={FreePort.Next()}",
                $"WsCluster:Silo:GatewayPort={FreePort.Next()}",
                $"WsCluster:Gateway:CertificateFile={certificate}",
                .. Settings(),
            ]);
    }

    private string[] Settings() =>
    [
        $"WsCluster:Tokens:HmacSecret={HmacSecret}",
        $"WsCluster:Tokens:RsaPublicKey={Rsa.ExportSubjectPublicKeyInfoPem()}",
        $"WsCluster:Tokens:EcdsaPublicKey={Ecdsa.ExportSubjectPublicKeyInfoPem()}",
        $"WsCluster:Api:Keys:0={ApiKeys[0]}",
        $"WsCluster:Api:Keys:1={ApiKeys[1]}",
        "WsCluster:Gateway:Deflate=true", // which no handshake gets that shows no token
        "WsCluster:Gateway:StaleTimeout=00:00:04",
        "WsCluster:Gateway:CloseTimeout=00:00:01",
        "Logging:LogLevel:WsCluster=Trace",
    ];
}
