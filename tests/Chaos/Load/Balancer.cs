using System.Collections.Immutable;
using System.Net;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// What stands before the gateways: names one that was ready when last asked, which is every second. A gateway that does not
/// answer is out after two questions.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(1) };
    private readonly Func<IReadOnlyList<Uri>> _gateways;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _checking;
    private ImmutableArray<Uri> _ready = []; // replaced whole

    public Balancer(Func<IReadOnlyList<Uri>> gateways)
    {
        _gateways = gateways;
        _ready = [.. gateways()];
        _checking = Task.Run(CheckAsync);
    }

    /// <summary>A ready gateway, or null when there is none.</summary>
    public Uri? Next(Uri? except = null)
    {
        var ready = _ready;
        if (ready.IsEmpty)
        {
            return null;
        }

        var choice = ready[Random.Shared.Next(ready.Length)];
        return choice == except && ready.Length > 1 ? ready[(ready.IndexOf(choice) + 1) % ready.Length] : choice;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _checking;
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task CheckAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var gateways = _gateways();
            var ready = await Task.WhenAll(gateways.Select(IsReadyAsync));
            _ready = [.. gateways.Where((_, i) => ready[i])];
            await Task.Delay(CheckEvery, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task<bool> IsReadyAsync(Uri gateway)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(gateway, "/health/ready"), _stop.Token);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
