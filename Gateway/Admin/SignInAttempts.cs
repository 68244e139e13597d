using System.Net;
using WsCluster.Gateway.Limits;

namespace WsCluster.Gateway.Admin;

/// <summary>Slows down who guesses passwords: so many attempts a minute of one address, and ten times as many of all.</summary>
internal sealed class SignInAttempts(TimeProvider time)
{
    /// <summary>Addresses that are remembered; one more, and all are forgotten. The attempts of all still count.</summary>
    public const int MaxAddresses = 10_000;

    private const int AllPerAddress = 10;
    private static readonly TimeSpan Burst = TimeSpan.FromMinutes(1);

    private readonly Lock _sync = new();
    private readonly Dictionary<AddressKey, RateGate> _addresses = []; // guarded by _sync
    private RateGate _all; // guarded by _sync

    /// <summary>Counts an attempt. False when it is one too many.</summary>
    public bool TryTake(IPAddress? address, int perMinute)
    {
        var key = AddressKey.Of(address ?? IPAddress.None);
        var now = time.GetUtcNow().UtcTicks;
        lock (_sync)
        {
            if (_addresses.Count >= MaxAddresses && !_addresses.ContainsKey(key))
            {
                _addresses.Clear();
            }

            var gate = _addresses.GetValueOrDefault(key);
            if (!TryTake(ref gate, now, perMinute) || !TryTake(ref _all, now, perMinute * AllPerAddress))
            {
                return false;
            }

            _addresses[key] = gate;
            return true;
        }
    }

    /// <summary>A gate counts in seconds: an attempt takes 60, of which the limit's number come back each second.</summary>
    private static bool TryTake(ref RateGate gate, long now, int perMinute) => gate.TryTake(now, 60, perMinute, Burst);
}
