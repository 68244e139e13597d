using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authentication;
using static WsCluster.Tests.Unit.Authentication.TestTokens;

namespace WsCluster.Tests.Unit.Authentication;

public sealed class TokenServicesTests
{
    [Fact]
    public async Task AddTokenVerification_FollowsTheConfiguration()
    {
        var settings = new Dictionary<string, string?> { ["WsCluster:Tokens:HmacSecret"] = "old" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = Build(configuration);
        var verifier = services.GetRequiredService<ITokenVerifier>();
        Assert.Equal(TokenStatus.Valid, (await verifier.VerifyConnectionAsync(Hmac("{}", secret: "old"))).Status);

        configuration["WsCluster:Tokens:HmacSecret"] = "new";
        configuration.Reload();

        Assert.Equal(TokenStatus.Invalid, (await verifier.VerifyConnectionAsync(Hmac("{}", secret: "old"))).Status);
        Assert.Equal(TokenStatus.Valid, (await verifier.VerifyConnectionAsync(Hmac("{}", secret: "new"))).Status);
    }

    [Theory]
    [InlineData("RsaPublicKey", "nonsense", "RsaPublicKey")]
    [InlineData("EcdsaPublicKey", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "EcdsaPublicKey")]
    [InlineData("UserClaim", "", "UserClaim")]
    [InlineData("ClockSkew", "-00:00:01", "ClockSkew")]
    [InlineData("ClockSkew", "01:00:01", "ClockSkew")]
    public void AddTokenVerification_BadOption_IsRefusedByName(string key, string value, string named)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Options(key, value));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddTokenVerification_KeyOfTheWrongKind_IsRefused()
    {
        using var weak = RSA.Create(1024);

        Assert.Throws<OptionsValidationException>(() => Options("RsaPublicKey", weak.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<OptionsValidationException>(() => Options("RsaPublicKey", P256.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<OptionsValidationException>(() => Options("EcdsaPublicKey", Rsa.ExportSubjectPublicKeyInfoPem()));
    }

    [Fact]
    public void AddTokenVerification_GoodKeys_AreAccepted()
    {
        Assert.NotEmpty(Options("RsaPublicKey", Rsa.ExportSubjectPublicKeyInfoPem()).RsaPublicKey);
        Assert.NotEmpty(Options("EcdsaPublicKey", P521.ExportSubjectPublicKeyInfoPem()).EcdsaPublicKey);
        Assert.Equal(TimeSpan.FromHours(1), Options("ClockSkew", "01:00:00").ClockSkew);
    }

    private static TokenOptions Options(string key, string value)
    {
        var settings = new Dictionary<string, string?> { [$"WsCluster:Tokens:{key}"] = value };
        using var services = Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return services.GetRequiredService<IOptionsMonitor<TokenOptions>>().CurrentValue;
    }

    private static ServiceProvider Build(IConfiguration configuration) =>
        new ServiceCollection().AddSingleton(configuration).AddLogging().AddTokenVerification(configuration).BuildServiceProvider();
}
