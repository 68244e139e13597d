using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using WsCluster.Gateway.Authentication;

namespace WsCluster.Tests.Unit.Authentication;

/// <summary>Publishes keys, counts the requests for them and fails when it is told to.</summary>
internal sealed class FakeKeyServer : HttpMessageHandler, IHttpClientFactory
{
    private readonly List<object> _keys = [];
    private int _requests;

    public const string Url = "https://issuer.example/keys";

    public int Requests => Volatile.Read(ref _requests);

    public bool IsDown { get; set; }

    /// <summary>When set, requests wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

    public void Clear() => _keys.Clear();

    public void Add(object jwk) => _keys.Add(jwk);

    public void AddRsa(string kid, RSA key, string? alg = null, string? use = null)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        Add(new { kty = "RSA", kid, alg, use, n = TestTokens.Encode(parameters.Modulus!), e = TestTokens.Encode(parameters.Exponent!) });
    }

    public void AddEc(string kid, ECDsa key, string curve)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        Add(new { kty = "EC", kid, crv = curve, x = TestTokens.Encode(point.X!), y = TestTokens.Encode(point.Y!) });
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        return IsDown
            ? new HttpResponseMessage(HttpStatusCode.InternalServerError)
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(JsonSerializer.Serialize(new { keys = _keys })) };
    }
}
