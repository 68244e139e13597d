using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace WsCluster.Grains.Hosting;

/// <summary>Says in sentences why a process could not start, where the reason is known.</summary>
public static class StartFailure
{
    /// <summary>The sentences for a failure of configuration or of a port; null for any other, which needs its stack trace.</summary>
    /// <param name="failure">What building or starting the host threw.</param>
    public static IReadOnlyList<string>? Explain(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var causes = CausesOf(failure).ToList();
        if (causes.OfType<OptionsValidationException>().FirstOrDefault() is { } invalid)
        {
            return [.. invalid.Failures];
        }

        // The silo's own ports are checked before; what is left is the address of the web server, whose message names it.
        return causes.OfType<SocketException>().Any(e => e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            ? [$"urls must have an address that is free: {causes.OfType<IOException>().FirstOrDefault()?.Message ?? causes[0].Message}"]
            : null;
    }

    private static IEnumerable<Exception> CausesOf(Exception failure)
    {
        yield return failure;
        IEnumerable<Exception> inner = failure is AggregateException several ? several.InnerExceptions : failure.InnerException is { } one ? [one] : [];
        foreach (var cause in inner.SelectMany(CausesOf))
        {
            yield return cause;
        }
    }
}
