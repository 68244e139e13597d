using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace WsCluster.Tests.Unit.DotnetClient;

using WsCluster.Client;

/// <summary>A client on a server in memory, with a clock that stands still and chance that always draws the longest delay.</summary>
internal sealed class ClientUnderTest : IAsyncDisposable
{
    public ClientUnderTest(Func<ClientOptions, ClientOptions>? options = null)
    {
        var all = new ClientOptions { TimeProvider = Clock };
        Client = new WsClusterClient(options?.Invoke(all) ?? all, Server.NewTransport, new LongestDelay());
        Client.StateChanged += (_, change) => Changes.Enqueue(change);
        Client.Error += (_, error) => Errors.Enqueue(error);
    }

    public FakeTimeProvider Clock { get; } = new();

    public FakeServer Server { get; } = new();

    public WsClusterClient Client { get; }

    public ConcurrentQueue<ClientStateChange> Changes { get; } = new();

    public ConcurrentQueue<Exception> Errors { get; } = new();

    /// <summary>Connects; the server answers with this result.</summary>
    public async Task<FakeTransport> ConnectAsync(string result = "{}")
    {
        var connecting = Client.ConnectAsync();
        var transport = await Server.ConnectedAsync(result);
        await Wait.ForAsync("connecting", connecting);
        return transport;
    }

    /// <summary>Subscribes; the server answers with this result.</summary>
    public async Task<Subscription> SubscribeAsync(FakeTransport transport, string channel, string result = "{}", SubscriptionOptions? options = null)
    {
        var subscription = Client.NewSubscription(channel, options);
        var subscribing = subscription.SubscribeAsync();
        transport.Answer(await transport.CommandAsync("subscribe"), "subscribe", result);
        await Wait.ForAsync("subscribing", subscribing);
        return subscription;
    }

    /// <summary>Lets time pass until the condition holds: timers are set on the client's loop, a moment after the test asks.</summary>
    public Task PassTimeUntilAsync(string what, Func<bool> condition, double step = 0.1) => Wait.UntilAsync(what, () =>
    {
        if (!condition())
        {
            Clock.Advance(TimeSpan.FromSeconds(step));
        }

        return condition();
    });

    /// <summary>Waits for the next connection while time passes.</summary>
    public async Task<FakeTransport> ReconnectedAsync(string result = "{}")
    {
        var next = Server.ConnectedAsync(result);
        await PassTimeUntilAsync("the next connection", () => next.IsCompleted);
        var transport = await next;
        await Wait.UntilAsync("connected again", () => Client.State == ClientState.Connected);
        return transport;
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private sealed class LongestDelay : Random
    {
        public override double NextDouble() => 1 - double.Epsilon;
    }
}
