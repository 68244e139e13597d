using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

using WsCluster.Client;

/// <summary>A subscription that keeps what it receives.</summary>
internal sealed class Kept
{
    private readonly ConcurrentQueue<Publication> _publications = new();
    private readonly ConcurrentQueue<SubscriptionStateChange> _changes = new();
    private readonly ConcurrentQueue<string> _members = new();

    public Kept(Subscription subscription)
    {
        Subscription = subscription;
        subscription.StateChanged += (_, change) => _changes.Enqueue(change);
        subscription.Joined += (_, member) => _members.Enqueue($"join {member.Info.User}");
        subscription.Left += (_, member) => _members.Enqueue($"leave {member.Info.User}");
        Reading = ReadAsync();
    }

    public Subscription Subscription { get; }

    /// <summary>Ends with the subscription.</summary>
    public Task Reading { get; private set; }

    public Publication[] Publications => [.. _publications];

    /// <summary>The payloads as compact JSON.</summary>
    public string[] Data => [.. _publications.Select(Text)];

    public string[] Members => [.. _members];

    public SubscriptionStateChange[] Changes(SubscriptionState state) => [.. _changes.Where(change => change.State == state)];

    public Task ReceivedAsync(int count) => Patience.UntilAsync($"{count} publications of {Subscription.Channel}", () => Task.FromResult(_publications.Count >= count));

    public Task SubscribedAsync(int times) =>
        Patience.UntilAsync($"subscription {times} of {Subscription.Channel}", () => Task.FromResult(Changes(SubscriptionState.Subscribed).Length >= times));

    /// <summary>Subscribes and reads again after an unsubscribe.</summary>
    public async Task SubscribeAgainAsync()
    {
        await Reading;
        await Subscription.SubscribeAsync();
        Reading = ReadAsync();
    }

    private static string Text(Publication publication) => JsonNode.Parse(publication.Data.Span)?.ToJsonString() ?? "null";

    private async Task ReadAsync()
    {
        await foreach (var publication in Subscription.ReadAllAsync())
        {
            _publications.Enqueue(publication);
        }
    }
}
