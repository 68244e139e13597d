using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace WsCluster.Grains.Hosting;

/// <summary>
/// Stops the start when an HTTP address is taken, before anything else starts: the web server finds out last, when the silo
/// is in the cluster already and has to leave in a hurry.
/// </summary>
public static class HttpPortCheck
{
    /// <summary>Checks every address of the setting <c>urls</c>.</summary>
    /// <exception cref="OptionsValidationException">Another process listens on one.</exception>
    public static void ThrowIfUsed(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        string[] problems =
        [
            .. (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(url => TryParse(url, out var endpoint) && !IsFree(endpoint))
                .Select(url => $"urls is {url}, but must be an address that is free: another process listens on it."),
        ];
        if (problems.Length > 0)
        {
            throw new OptionsValidationException("urls", typeof(string), problems);
        }
    }

    private static bool TryParse(string url, out IPEndPoint endpoint)
    {
        endpoint = new IPEndPoint(IPAddress.Any, 0);
        var anyHost = url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(anyHost, UriKind.Absolute, out var uri) || uri.Port <= 0)
        {
            return false; // the web server says what is wrong with it, or chooses a port
        }

        var address = uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) ? ip : IPAddress.Any;
        endpoint = new IPEndPoint(address, uri.Port);
        return true;
    }

    private static bool IsFree(IPEndPoint endpoint)
    {
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
        catch (SocketException)
        {
            return true; // not ours, or not allowed: the web server's message says more
        }
    }
}
