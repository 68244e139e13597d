namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>
/// Publishes 0, 1, … in one channel until told to stop, each with an idempotency key and as often as it takes to be
/// acknowledged, at whichever gateway answers.
/// </summary>
internal sealed class SteadyPublisher(string channel, params IReadOnlyList<ServerApi> gateways)
{
    private readonly HashSet<string> _epochs = [];
    private int _gateway;

    /// <summary>Publications acknowledged so far.</summary>
    public int Count { get; private set; }

    /// <summary>The epochs that acknowledgements named.</summary>
    public IReadOnlyCollection<string> Epochs => _epochs;

    /// <summary>What subscribers must have got, as JSON.</summary>
    public IEnumerable<string> Texts => Enumerable.Range(0, Count).Select(n => $"{n}");

    /// <summary>Publishes until cancelled; ends when the publication under way is acknowledged.</summary>
    public async Task RunAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await Patience.UntilAsync($"publication {Count} in {channel}", TryPublishAsync);
            Count++;
            await Task.Delay(10, CancellationToken.None);
        }
    }

    private async Task<bool> TryPublishAsync()
    {
        var request = new { channel, data = Count, idempotency_key = $"{Count}" };
        if (await gateways[_gateway].TryGetResultAsync("publish", request) is not { } result)
        {
            _gateway = (_gateway + 1) % gateways.Count;
            return false;
        }

        _epochs.Add((string)result["epoch"]!);
        return true;
    }
}
