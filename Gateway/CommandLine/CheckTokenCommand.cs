using System.CommandLine;
using System.Globalization;
using WsCluster.Gateway.Authentication;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>check-token</c>: what the gateway would make of a token, and why.</summary>
internal static class CheckTokenCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandSettings settings)
    {
        var token = new Argument<string>("token") { Description = "The token; - reads it from standard input." };
        var secret = new Option<string?>("--secret") { Description = "A shared secret to verify with, instead of the configured keys.", HelpName = "secret" };
        var key = new Option<string?>("--key") { Description = "A public RSA or ECDSA key in PEM to verify with, instead of the configured keys.", HelpName = "file" };
        var command = new Command(
            "check-token",
            "Verifies a connection or subscription token as the gateway does, with the configured keys (WsCluster:Tokens, published ones too) or a given one. Revocations are not looked up. Exit code 1 when it is not good.")
        { token, secret, key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetRequiredValue(token);
            text = (text == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : text).Trim();
            await using var services = Services(parsed.GetValue(secret), parsed.GetValue(key), settings);
            return await RunAsync(text, services, parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static async Task<int> RunAsync(string text, ServiceProvider services, TextWriter output)
    {
        var verifier = services.GetRequiredService<ITokenVerifier>();
        var reading = TokenReading.Of(text);
        var status = reading.IsSubscription
            ? (await verifier.VerifySubscriptionAsync(text)).Status
            : (await verifier.VerifyConnectionAsync(text)).Status;
        var options = reading.IsSubscription
            ? services.GetRequiredService<Microsoft.Extensions.Options.IOptions<SubscriptionTokenOptions>>().Value
            : services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TokenOptions>>().Value;
        if (reading.IsSubscription && !options.HasKeys)
        {
            options = services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TokenOptions>>().Value;
        }

        var kind = reading.IsSubscription ? "subscription" : "connection";
        await output.WriteLineAsync(status switch
        {
            TokenStatus.Valid => $"A good {kind} token.",
            TokenStatus.Expired => $"A {kind} token of ours, but {reading.WhyNotInTime(options, DateTimeOffset.UtcNow)}.",
            TokenStatus.Unverifiable => "Nobody can say now: the keys of its issuer could not be fetched (WsCluster:Tokens:Jwks).",
            _ => $"No token of ours: {reading.WhyInvalid(options)}.",
        });
        foreach (var (name, value) in reading.Facts())
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {name,-10} {value}"));
        }

        return status == TokenStatus.Valid ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static ServiceProvider Services(string? secret, string? keyFile, CommandSettings settings)
    {
        var configuration = secret is null && keyFile is null ? settings.Configuration : Given(secret, keyFile);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTokenVerification(configuration);
        return services.BuildServiceProvider();
    }

    private static IConfiguration Given(string? secret, string? keyFile)
    {
        var pem = "";
        try
        {
            pem = keyFile is null ? "" : File.ReadAllText(keyFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"--key is '{keyFile}', but must be a file that can be read: {e.Message}");
        }

        var (isRsa, isEcdsa) = (TokenKeys.AreRsaKeys(pem), TokenKeys.AreEcdsaKeys(pem));
        if (keyFile is not null && !isRsa && !isEcdsa)
        {
            throw new CommandFailure($"--key is '{keyFile}', but must hold an RSA key of 2048 bits or more, or a P-256, P-384 or P-521 key, in PEM.");
        }

        return new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{TokenOptions.SectionName}:{nameof(TokenOptions.HmacSecret)}"] = secret ?? "",
            [$"{TokenOptions.SectionName}:{nameof(TokenOptions.RsaPublicKey)}"] = isRsa ? pem : "",
            [$"{TokenOptions.SectionName}:{nameof(TokenOptions.EcdsaPublicKey)}"] = isEcdsa ? pem : "",
        }).Build();
    }
}
