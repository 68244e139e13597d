using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WsCluster.Tls;

/// <summary>Takes new certificates over while the process runs: connections that open later get them, open ones go on.</summary>
internal sealed partial class CertificateWatch(CertificateFile certificate, string name, TimeProvider time, ILogger<CertificateWatch> logger) : BackgroundService
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        string? lastProblem = null;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                if (certificate.Refresh())
                {
                    Replaced(logger, name, certificate.Current.Certificate.NotAfter);
                }

                lastProblem = null;
            }
            catch (CertificateFileException e) when (e.Message == lastProblem)
            {
                // Said once.
            }
            catch (CertificateFileException e)
            {
                lastProblem = e.Message;
                NotReplaced(logger, name, e.Message);
            }
        }
    }

    [LoggerMessage(2201, LogLevel.Information, "The certificate of {Name} was replaced; the new one is valid until {NotAfter}.", EventName = "CertificateReplaced")]
    private static partial void Replaced(ILogger logger, string name, DateTime notAfter);

    [LoggerMessage(2202, LogLevel.Warning, "The certificate of {Name} has changed but cannot be used, so the old one stays: {Problem}", EventName = "CertificateNotReplaced")]
    private static partial void NotReplaced(ILogger logger, string name, string problem);
}
