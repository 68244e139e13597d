using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;

namespace WsCluster.Gateway.Authentication;

/// <summary>Registers token verification.</summary>
internal static class TokenServices
{
    /// <summary>The name of the HTTP client that fetches published keys.</summary>
    public const string JwksClient = "jwks";

    private const int MaxJwksBytes = 1024 * 1024;

    private static readonly TimeSpan JwksTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds JWT verification with <see cref="TokenOptions"/>, unless the application has its own verifier.</summary>
    public static IServiceCollection AddTokenVerification(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<TokenOptions>(configuration, TokenOptions.SectionName).CheckKeys(TokenOptions.SectionName);
        services.AddCheckedOptions<SubscriptionTokenOptions>(configuration, SubscriptionTokenOptions.SectionName).CheckKeys(SubscriptionTokenOptions.SectionName);

        // A redirect would be an address that nobody configured.
        services.AddHttpClient(JwksClient, client =>
            {
                client.Timeout = JwksTimeout;
                client.MaxResponseContentBufferSize = MaxJwksBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RevocationList>();
        services.TryAddSingleton<ITokenVerifier, JwtVerifier>();
        return services;
    }

    private static void CheckKeys<T>(this OptionsBuilder<T> options, string section)
        where T : TokenOptions => options
        .Validate(o => o.RsaPublicKey.Length == 0 || TokenKeys.AreRsaKeys(o.RsaPublicKey), $"{section}:RsaPublicKey must be RSA keys of 2048 bits or more in PEM.")
        .Validate(o => o.EcdsaPublicKey.Length == 0 || TokenKeys.AreEcdsaKeys(o.EcdsaPublicKey), $"{section}:EcdsaPublicKey must be P-256, P-384 or P-521 keys in PEM.")
        .Validate(o => o.Jwks.All(jwks => Uri.IsWellFormedUriString(jwks.Url, UriKind.Absolute)), $"{section}:Jwks must have an absolute http or https Url in each entry.");
}
