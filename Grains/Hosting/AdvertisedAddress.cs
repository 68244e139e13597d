using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace WsCluster.Grains.Hosting;

/// <summary>Finds the address that a silo tells the others.</summary>
internal static class AdvertisedAddress
{
    /// <exception cref="OptionsValidationException">The configured name has no address.</exception>
    public static IPAddress Resolve(SiloEndpointOptions endpoint, bool isEmbedded)
    {
        if (endpoint.AdvertisedAddress.Length > 0)
        {
            return IPAddress.TryParse(endpoint.AdvertisedAddress, out var address) ? address : ResolveName(endpoint.AdvertisedAddress);
        }

        return isEmbedded ? IPAddress.Loopback : OfThisHost();
    }

    private static IPAddress ResolveName(string name)
    {
        try
        {
            return Preferred(Dns.GetHostAddresses(name)) ?? throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException e)
        {
            throw new OptionsValidationException(
                SiloEndpointOptions.SectionName,
                typeof(SiloEndpointOptions),
                [$"{SiloEndpointOptions.SectionName}:{nameof(SiloEndpointOptions.AdvertisedAddress)} is '{name}', but must be an IP address or a host name that resolves: {e.Message}."]);
        }
    }

    private static IPAddress OfThisHost()
    {
        try
        {
            if (Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).FirstOrDefault(IsReachable) is { } address)
            {
                return address;
            }
        }
        catch (SocketException)
        {
            // A host whose name does not resolve still has interfaces.
        }

        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && IsReachable(address)) ?? IPAddress.Loopback;
    }

    private static bool IsReachable(IPAddress address) => !IPAddress.IsLoopback(address);

    private static IPAddress? Preferred(IPAddress[] addresses) =>
        addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault();
}
