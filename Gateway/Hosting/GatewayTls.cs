using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using WsCluster.Tls;

namespace WsCluster.Gateway.Hosting;

/// <summary>TLS for the gateway's addresses that begin with <c>https://</c>, HTTP/2 with it.</summary>
internal static class GatewayTls
{
    private const string OptionKey = $"{GatewayOptions.SectionName}:{nameof(GatewayOptions.CertificateFile)}";

    /// <summary>Makes them use <see cref="GatewayOptions.CertificateFile"/>; when it is empty, what is configured for the server itself holds.</summary>
    /// <exception cref="OptionsValidationException">The file cannot be used.</exception>
    public static void UseGatewayTls(this WebApplicationBuilder builder)
    {
        if (builder.Configuration[OptionKey] is not { Length: > 0 } file)
        {
            return;
        }

        var certificate = Open(file, builder.Configuration[$"{GatewayOptions.SectionName}:{nameof(GatewayOptions.CertificateKeyFile)}"] ?? "");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            var patience = kestrel.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value.StaleTimeout;
            https.HandshakeTimeout = patience < https.HandshakeTimeout ? patience : https.HandshakeTimeout;
            https.ServerCertificateSelector = (_, _) => certificate.Current.Certificate;
            https.OnAuthenticate = (_, handshake) =>
            {
                // The certificate with those that link it to its authority; of the two only one may be set.
                handshake.ServerCertificateSelectionCallback = null;
                handshake.ServerCertificateContext = certificate.Current.Context;
            };
        }));
        builder.Services.AddSingleton<IHostedService>(s => new CertificateWatch(
            certificate, "the gateway", s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<CertificateWatch>>()));
    }

    private static CertificateFile Open(string file, string keyFile)
    {
        try
        {
            return new CertificateFile(file, keyFile);
        }
        catch (CertificateFileException e)
        {
            throw new OptionsValidationException(
                GatewayOptions.SectionName, typeof(GatewayOptions), [$"{OptionKey} is '{file}', but must be a file that can be used: {e.Message}"]);
        }
    }
}
