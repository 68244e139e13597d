using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using ClusterOptions = WsCluster.Configuration.ClusterOptions;

namespace WsCluster.Grains.Hosting;

/// <summary>Says in sentences why a process could not start, where the reason is known.</summary>
public static class StartFailure
{
    /// <summary>
    /// The sentences for a failure of configuration, of a port or of Redis; null for any other, which needs its stack trace.
    /// </summary>
    /// <param name="failure">What building or starting the host threw.</param>
    /// <param name="configuration">The process's configuration, which names the Redis.</param>
    public static IReadOnlyList<string>? Explain(Exception failure, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(failure);
        var causes = CausesOf(failure).ToList();
        if (causes.OfType<OptionsValidationException>().FirstOrDefault() is { } invalid)
        {
            return [.. invalid.Failures];
        }

        if (causes.OfType<RedisConnectionException>().Any())
        {
            // Only where, not the whole setting: it may hold a password.
            var redis = ConfigurationOptions.Parse(configuration[$"{ClusterOptions.SectionName}:{nameof(ClusterOptions.Redis)}"] ?? "");
            return [$"WsCluster:Redis must be a Redis that answers, but none does at {string.Join(", ", redis.EndPoints.Select(Name))}."];
        }

        // The silo's own ports are checked before; what is left is the address of the web server, whose message names it.
        return causes.OfType<SocketException>().Any(e => e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            ? [$"urls must have an address that is free: {causes.OfType<IOException>().FirstOrDefault()?.Message ?? causes[0].Message}"]
            : null;
    }

    private static string Name(EndPoint endpoint) =>
        endpoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endpoint.ToString() ?? "";

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
