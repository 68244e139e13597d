using System.Text;
using Orleans.Runtime;

namespace WsCluster.Tests.Simulation.World;

/// <summary>
/// An application service: publishes one after the other, each with an idempotency key, and repeats what was not answered
/// until it gives up.
/// </summary>
internal sealed class SimulatedPublisher(SimulatedCluster world, string name)
{
    private const int Attempts = 5;

    private readonly Queue<string> _channels = new();
    private readonly Dictionary<string, ChannelProxy> _proxies = new(StringComparer.Ordinal);
    private bool _runs;
    private int _count;

    /// <summary>True when nothing is left to publish.</summary>
    public bool IsIdle => !_runs;

    /// <summary>The payload that was acknowledged last.</summary>
    public string? LastAcknowledged { get; private set; }

    /// <summary>Publishes once to the channel, after what was asked before.</summary>
    public void Publish(string channel)
    {
        _channels.Enqueue(channel);
        if (!_runs)
        {
            _runs = true;
            world.Start(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        while (_channels.TryDequeue(out var channel))
        {
            var payload = $"{name}-{++_count}";
            for (var attempt = 0; attempt < Attempts && !await TryPublishAsync(channel, payload); attempt++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(world.Loop.Random.Next(1, 400)), world.Loop.Clock);
            }
        }

        _runs = false;
    }

    private async Task<bool> TryPublishAsync(string channel, string payload)
    {
        if (!_proxies.TryGetValue(channel, out var proxy))
        {
            _proxies.Add(channel, proxy = new ChannelProxy(world, name, static () => true, channel));
        }

        try
        {
            var position = await proxy.PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(payload), IdempotencyKey = payload });
            position = world.Tampering.Acknowledged(position);
            world.Journal.Acknowledged(name, channel, payload, position);
            LastAcknowledged = payload;
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or WsClusterException { IsTemporary: true })
        {
            return false;
        }
    }
}
