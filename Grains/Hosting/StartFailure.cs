using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace WsCluster.Grains.Hosting;

/// <summary>Says in sentences why a process could not start, where the reason is known.</summary>
public static class StartFailure
{
    /// <summary>The sentences for a failure of configuration or of a port; null for any other, which needs its stack trace.</summary>
    /// <param name="failure">What building or starting the host threw.</param>
    /// <param name="configuration">The process's configuration, which names the silo's ports.</param>
    public static IReadOnlyList<string>? Explain(Exception failure, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var causes = CausesOf(failure).ToList();
        if (causes.OfType<OptionsValidationException>().FirstOrDefault() is { } invalid)
        {
            return [.. invalid.Failures];
        }

        // Kestrel's own exception for a used port is internal to it, but has the socket's inside.
        return causes.OfType<SocketException>().Any(e => e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            ? [ExplainPort(causes, configuration)]
            : null;
    }

    private static string ExplainPort(List<Exception> causes, IConfiguration configuration)
    {
        var endpoint = configuration.GetSection(SiloEndpointOptions.SectionName).Get<SiloEndpointOptions>() ?? new SiloEndpointOptions();
        (string Key, int Port)[] ports =
        [
            ($"{SiloEndpointOptions.SectionName}:{nameof(endpoint.Port)}", endpoint.Port),
            ($"{SiloEndpointOptions.SectionName}:{nameof(endpoint.GatewayPort)}", endpoint.GatewayPort),
        ];
        foreach (var (key, port) in ports)
        {
            if (!IsFree(port))
            {
                return $"{key} is {port}, but must be a free port: another process listens on it.";
            }
        }

        // Neither of the silo's: the HTTP address, which Kestrel's message names.
        var message = causes.OfType<IOException>().FirstOrDefault()?.Message ?? causes[0].Message;
        return $"The HTTP address (urls) must have a free port: {message}";
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static IEnumerable<Exception> CausesOf(Exception failure)
    {
        yield return failure;
        var inner = failure is AggregateException several ? several.InnerExceptions : failure.InnerException is { } one ? [one] : [];
        foreach (var cause in inner.SelectMany(CausesOf))
        {
            yield return cause;
        }
    }
}
