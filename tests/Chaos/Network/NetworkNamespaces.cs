using System.Diagnostics;
using System.Net;

namespace WsCluster.Tests.Chaos.Network;

/// <summary>
/// A small network inside this machine: a bridge, and a network namespace with an address of its own for each silo. Two of them
/// can be parted so that packets vanish without a word. Needs root and the ip command.
/// </summary>
internal sealed class NetworkNamespaces : IAsyncDisposable
{
    private const string NobodysMac = "02:00:00:00:00:01";
    private const string Bridge = "bridge";

    private readonly string _prefix = $"wsc{Environment.ProcessId % 100_000}";
    private readonly string _subnet = $"10.213.{Environment.ProcessId % 250}";
    private readonly List<string> _namespaces = [];

    private NetworkNamespaces()
    {
    }

    /// <summary>This side's address on the bridge.</summary>
    public IPAddress HostAddress => IPAddress.Parse($"{_subnet}.1");

    /// <summary>Makes the bridge; null where that is not allowed.</summary>
    public static async Task<NetworkNamespaces?> TryCreateAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var network = new NetworkNamespaces();
        try
        {
            // The bridge has a namespace of its own: where Docker runs, the machine's firewall drops what its own bridges forward.
            await IpAsync("netns", "add", network.Switch);
            await InAsync(network.Switch, "link", "add", Bridge, "type", "bridge");
            await InAsync(network.Switch, "link", "set", Bridge, "up");
            await IpAsync("link", "add", network._prefix, "type", "veth", "peer", "name", "host", "netns", network.Switch);
            await InAsync(network.Switch, "link", "set", "host", "master", Bridge, "up");
            await IpAsync("address", "add", $"{network.HostAddress}/24", "dev", network._prefix);
            await IpAsync("link", "set", network._prefix, "up");
            return network;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await network.DisposeAsync();
            return null;
        }
    }

    /// <summary>Adds a namespace and returns its name and address.</summary>
    public async Task<(string Name, string Address)> AddAsync()
    {
        var index = _namespaces.Count;
        var name = $"{_prefix}-{index}";
        await IpAsync("netns", "add", name);
        _namespaces.Add(name);
        var link = $"silo{index}";
        await InAsync(Switch, "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name);
        await InAsync(Switch, "link", "set", link, "master", Bridge, "up");
        await InAsync(name, "link", "set", "lo", "up");
        await InAsync(name, "address", "add", $"{AddressOf(index)}/24", "dev", "eth0");
        await InAsync(name, "link", "set", "eth0", "up");
        return (name, AddressOf(index));
    }

    /// <summary>From now on packets between the two vanish.</summary>
    public async Task PartAsync(int one, int other)
    {
        await InAsync(_namespaces[one], "neighbour", "replace", AddressOf(other), "lladdr", NobodysMac, "dev", "eth0", "nud", "permanent");
        await InAsync(_namespaces[other], "neighbour", "replace", AddressOf(one), "lladdr", NobodysMac, "dev", "eth0", "nud", "permanent");
    }

    /// <summary>Ends that.</summary>
    public async Task JoinAsync(int one, int other)
    {
        await InAsync(_namespaces[one], "neighbour", "del", AddressOf(other), "dev", "eth0");
        await InAsync(_namespaces[other], "neighbour", "del", AddressOf(one), "dev", "eth0");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _namespaces)
        {
            await TryIpAsync("netns", "del", name);
        }

        await TryIpAsync("link", "del", _prefix);
        await TryIpAsync("netns", "del", Switch);
    }

    private string Switch => $"{_prefix}-switch";

    private string AddressOf(int index) => $"{_subnet}.{index + 10}";

    private static Task InAsync(string name, params string[] arguments) => IpAsync(["-n", name, .. arguments]);

    private static async Task TryIpAsync(params string[] arguments)
    {
        try
        {
            await IpAsync(arguments);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It was not there.
        }
    }

    private static async Task IpAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
        }
    }
}
