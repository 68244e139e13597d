using System.Net;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Limits;

/// <summary>
/// Finds out where a request comes from: the address of the socket, and behind proxies that are trusted what they say in
/// <c>X-Forwarded-For</c>. What anybody else says there counts for nothing.
/// </summary>
internal sealed class ClientAddresses(IOptionsMonitor<GatewayOptions> options)
{
    /// <summary>
    /// Reads the header from its end: each proxy adds whom it heard from, so the first address that is no trusted proxy is the
    /// client. What is no address ends the search at the proxy that passed it on.
    /// </summary>
    public IPAddress? Of(IPAddress? peer, string forwardedFor)
    {
        var trusted = options.CurrentValue.TrustedProxies;
        if (trusted.Count == 0 || forwardedFor.Length == 0)
        {
            return peer;
        }

        var hops = forwardedFor.Split(',', StringSplitOptions.TrimEntries);
        for (var i = hops.Length - 1; i >= 0 && peer is not null && IsIn(trusted, peer); i--)
        {
            if (!IPAddress.TryParse(hops[i], out var hop))
            {
                break;
            }

            peer = hop;
        }

        return peer;
    }

    private static bool IsIn(IList<string> networks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => TryParse(network, out var parsed) && parsed.Contains(plain));
    }

    /// <summary>Reads a network such as 10.0.0.0/8, or a single address.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            return true;
        }

        if (!IPAddress.TryParse(text, out var address))
        {
            return false;
        }

        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
