using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.Authentication;

/// <summary>Registers token verification.</summary>
internal static class TokenServices
{
    /// <summary>Adds JWT verification with <see cref="TokenOptions"/>, unless the application has its own verifier.</summary>
    public static IServiceCollection AddTokenVerification(this IServiceCollection services)
    {
        services.AddOptions<TokenOptions>().BindConfiguration(TokenOptions.SectionName)
            .Validate(o => o.RsaPublicKey.Length == 0 || TokenKeys.IsRsaKey(o.RsaPublicKey), "WsCluster:Tokens:RsaPublicKey must be an RSA key of 2048 bits or more in PEM.")
            .Validate(o => o.EcdsaPublicKey.Length == 0 || TokenKeys.IsEcdsaKey(o.EcdsaPublicKey), "WsCluster:Tokens:EcdsaPublicKey must be a P-256, P-384 or P-521 key in PEM.")
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TokenOptions>, TokenOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITokenVerifier, JwtVerifier>();
        return services;
    }
}
