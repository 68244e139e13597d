using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;
using static WsCluster.Tests.EndToEnd.DotnetClient.ClientTrial;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

using WsCluster.Client;

/// <summary>The .NET client loses its connection and comes back: the scenarios recovery…, cache and delta of node/scenarios.</summary>
[Collection(SharedCluster.Collection)]
public sealed class RecoveryTests(SharedCluster shared)
{
    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Recovery_OntoTheOtherGateway_LosesAndRepeatsNothing(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("open");
        var (client, kept, network) = await t.SubscribeOverNetworkAsync(channel);
        var publisher = await t.ConnectedAsync(1);
        await PublishAsync(publisher, channel, 1, 20);
        await kept.ReceivedAsync(20);
        await CutAsync(client, network);
        await PublishAsync(publisher, channel, 21, 60);
        network.Restore(t.Gateway(1));
        await kept.ReceivedAsync(60);
        await PublishAsync(publisher, channel, 61, 70);
        await kept.ReceivedAsync(70);

        var again = kept.Changes(SubscriptionState.Subscribed)[1];
        Assert.True(again is { WasRecovering: true, Recovered: true });
        Assert.Equal(Numbers(1, 70), kept.Data);
        Assert.Equal(Enumerable.Range(1, 70).Select(n => (ulong)n), kept.Publications.Select(p => p.Offset));
        Assert.DoesNotContain(kept.Publications, p => p.AfterGap);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Recovery_WhilePublishing_LosesAndRepeatsNothing(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("open");
        var (_, kept, network) = await t.SubscribeOverNetworkAsync(channel);
        var publisher = await t.ConnectedAsync(1);
        using var stop = new CancellationTokenSource();
        var sent = 0;
        var publishing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await publisher.PublishAsync(channel, Json(++sent));
                await Task.Delay(5);
            }
        });
        for (var round = 1; round <= 6; round++)
        {
            await kept.ReceivedAsync(kept.Publications.Length + 10);
            network.Cut();
            network.Restore(t.Gateway(round % 2));
            await kept.SubscribedAsync(round + 1);
        }

        await stop.CancelAsync();
        await publishing;
        await kept.ReceivedAsync(sent);
        Assert.All(kept.Changes(SubscriptionState.Subscribed)[1..], change => Assert.True(change.Recovered));
        Assert.Equal(Numbers(1, sent), kept.Data);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Recovery_MoreMissedThanKept_IsAnnounced(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("short");
        var (client, kept, network) = await t.SubscribeOverNetworkAsync(channel);
        var publisher = await t.ConnectedAsync(1);
        await PublishAsync(publisher, channel, 0, 0);
        await kept.ReceivedAsync(1);
        await CutAsync(client, network);
        await PublishAsync(publisher, channel, 1, 10);
        network.Restore(t.Gateway(1));
        await kept.SubscribedAsync(2);
        await PublishAsync(publisher, channel, 11, 11);
        await kept.ReceivedAsync(2);

        Assert.True(kept.Changes(SubscriptionState.Subscribed)[1] is { WasRecovering: true, Recovered: false });
        Assert.Equal(["0", "11"], kept.Data);
        Assert.Equal([(1UL, false), (12UL, true)], kept.Publications.Select(p => (p.Offset, p.AfterGap)));
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Recovery_CacheMode_GivesTheLatest(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("cache");
        var publisher = await t.ConnectedAsync();
        await PublishAsync(publisher, channel, 1, 2);
        var kept = await SubscribeAsync(await t.ConnectedAsync(1), channel);
        await kept.ReceivedAsync(1);
        await PublishAsync(publisher, channel, 3, 3);
        await kept.ReceivedAsync(2);
        Assert.Equal(["2", "3"], kept.Data);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Delta_Fossil_GivesTheSamePublications(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("delta");
        var (client, kept, network) = await t.SubscribeOverNetworkAsync(channel, new SubscriptionOptions { Delta = true });
        var expected = new List<string>();
        await PublishDocumentsAsync(10);
        await kept.ReceivedAsync(10);
        await CutAsync(client, network);
        await PublishDocumentsAsync(10);
        network.Restore(t.Gateway(1));
        await kept.ReceivedAsync(20);
        await PublishDocumentsAsync(5);
        await kept.ReceivedAsync(25);
        Assert.Equal(expected, kept.Data);

        async Task PublishDocumentsAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var n = expected.Count;
                var data = new { n, players = Enumerable.Range(0, 30).Select(p => new { name = $"Spieler {p} ü", score = p == n % 30 ? n : 0 }) };
                expected.Add(JsonNode.Parse(Json(data).Span)!.ToJsonString());
                await t.ApiAsync("publish", new { channel, data }, n % 2);
            }
        }
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task SlowReader_OfARecoverableChannel_GetsEverythingAllTheSame(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("open");
        var client = await t.ConnectedAsync();
        await using var subscription = client.NewSubscription(channel, new SubscriptionOptions { BufferCapacity = 8 });
        await subscription.SubscribeAsync();
        await using var reader = subscription.ReadAllAsync().GetAsyncEnumerator();
        var publisher = await t.ConnectedAsync(1);
        await PublishAsync(publisher, channel, 1, 1);
        Assert.True(await reader.MoveNextAsync());
        await PublishAsync(publisher, channel, 2, 100);
        await Patience.UntilAsync("the subscription to pause", () => Task.FromResult(subscription.State == SubscriptionState.Subscribing));
        for (var n = 2; n <= 100; n++)
        {
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience.ForEvent));
            Assert.Equal(((ulong)n, false), (reader.Current.Offset, reader.Current.AfterGap));
        }
    }

    private static async Task PublishAsync(WsClusterClient publisher, string channel, int from, int to)
    {
        for (var n = from; n <= to; n++)
        {
            await publisher.PublishAsync(channel, Json(n));
        }
    }
}
