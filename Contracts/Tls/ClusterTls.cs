using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace WsCluster.Tls;

/// <summary>Puts TLS on the connections between silos, gateways and application services.</summary>
internal static class ClusterTls
{
    /// <summary>Sent as the name of the server, which nobody checks: silos come and go with addresses of their own.</summary>
    private const string ServerName = "wscluster";

    /// <summary>Silos take and open no connection without TLS, unless the options are empty.</summary>
    /// <exception cref="OptionsValidationException">A file cannot be used.</exception>
    public static void UseClusterTls(this ISiloBuilder silo, ClusterTlsOptions options)
    {
        if (TryOpen(options, silo.Services) is { } certificate)
        {
            silo.UseTls(tls => Configure(tls, certificate));
        }
    }

    /// <summary>The client opens no connection without TLS, unless the options are empty.</summary>
    /// <exception cref="OptionsValidationException">A file cannot be used.</exception>
    public static void UseClusterTls(this IClientBuilder client, ClusterTlsOptions options)
    {
        if (TryOpen(options, client.Services) is { } certificate)
        {
            client.UseTls(tls => Configure(tls, certificate));
        }
    }

    private static CertificateFile? TryOpen(ClusterTlsOptions options, IServiceCollection services)
    {
        if (!options.IsOn)
        {
            return options.KeyFile.Length == 0 && options.AuthorityFile.Length == 0
                ? null
                : throw Refused($"{nameof(options.CertificateFile)} must be set as well: without it there is no TLS in the cluster.");
        }

        if (options.AuthorityFile.Length == 0)
        {
            throw Refused($"{nameof(options.AuthorityFile)} must be set as well: it says whose certificates count.");
        }

        try
        {
            var certificate = new CertificateFile(options.CertificateFile, options.KeyFile, options.AuthorityFile);
            services.AddHostedService(s => new CertificateWatch(
                certificate, "the cluster", s.GetService<TimeProvider>() ?? TimeProvider.System, s.GetRequiredService<ILogger<CertificateWatch>>()));
            return certificate;
        }
        catch (CertificateFileException e)
        {
            throw Refused($"{nameof(options.CertificateFile)} and its companions must be files that can be used: {e.Message}");
        }
    }

    private static void Configure(TlsOptions tls, CertificateFile certificate)
    {
        tls.LocalServerCertificateSelector = (_, _) => certificate.Current.Certificate;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => certificate.Current.Certificate;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (remote, chain, _) => certificate.Current.Trusts(remote, SentWith(chain));
        tls.OnAuthenticateAsClient = (_, handshake) => handshake.TargetHost = ServerName;
    }

    private static X509Certificate2Collection SentWith(X509Chain? chain) => chain?.ChainPolicy.ExtraStore ?? [];

    private static OptionsValidationException Refused(string problem) =>
        new(ClusterTlsOptions.SectionName, typeof(ClusterTlsOptions), [$"{ClusterTlsOptions.SectionName}:{problem}"]);
}
