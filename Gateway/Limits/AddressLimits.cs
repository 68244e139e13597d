using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Limits;

/// <summary>Why an address gets no further connection.</summary>
internal enum AddressRefusal
{
    /// <summary>It is not refused.</summary>
    None,

    /// <summary>It opens connections too fast.</summary>
    TooFast,

    /// <summary>It has as many open as it may.</summary>
    TooMany,
}

/// <summary>
/// Counts the connections and handshakes of each public client address (IPv6 by /64). Loopback, private and link-local
/// addresses are not limited: there live load balancers that say nothing of their clients, and oneself.
/// </summary>
internal sealed class AddressLimits(IOptionsMonitor<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Addresses without a connection that are remembered; one more, and all of them are forgotten.</summary>
    public const int MaxIdle = 100_000;

    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);

    private static readonly IPNetwork[] Local =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    private readonly Lock _sync = new();
    private readonly Dictionary<AddressKey, Entry> _entries = []; // guarded by _sync
    private int _idle; // entries without a connection, guarded by _sync

    /// <summary>Addresses remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Counts a handshake. When it is not refused, <paramref name="place"/> must be left when the connection ends.</summary>
    public AddressRefusal TryEnter(IPAddress? address, out AddressPlace place)
    {
        place = default;
        var (perSecond, most) = (options.CurrentValue.MaxHandshakesPerSecondPerAddress, options.CurrentValue.MaxConnectionsPerAddress);
        if (address is null || (perSecond == 0 && most == 0) || IsLocal(address))
        {
            return AddressRefusal.None;
        }

        var key = AddressKey.Of(address);
        lock (_sync)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, key, out var isKnown);
            if (most > 0 && entry.Connections >= most)
            {
                return AddressRefusal.TooMany;
            }

            // At least one can be taken from a new entry, so that none is left without a connection here.
            if (!entry.Handshakes.TryTake(time.GetUtcNow().UtcTicks, 1, perSecond, Burst))
            {
                return AddressRefusal.TooFast;
            }

            if (isKnown && entry.Connections == 0)
            {
                _idle--;
            }

            entry.Connections++;
        }

        place = new AddressPlace(this, key);
        return AddressRefusal.None;
    }

    /// <summary>A connection of the address ended. It is remembered as long as its handshakes count.</summary>
    public void Leave(AddressKey key)
    {
        lock (_sync)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, key);
            if (--entry.Connections > 0)
            {
                return;
            }

            if (entry.Handshakes.IsIdle(time.GetUtcNow().UtcTicks))
            {
                _entries.Remove(key);
            }
            else if (++_idle > MaxIdle)
            {
                Forget();
            }
        }
    }

    /// <summary>Drops every entry without a connection: a flood from many addresses gets no memory, only full bursts again.</summary>
    private void Forget()
    {
        foreach (var (key, entry) in _entries)
        {
            if (entry.Connections == 0)
            {
                _entries.Remove(key);
            }
        }

        _idle = 0;
    }

    private static bool IsLocal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in Local)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    private struct Entry
    {
        public int Connections;
        public RateGate Handshakes;
    }
}
