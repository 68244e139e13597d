using System.Text;

namespace WsCluster.Tests.Cluster;

/// <summary>History in memory when its silo stops in order. Each test has silos of its own.</summary>
public sealed class HandoverTests : IAsyncLifetime
{
    private readonly SiloCluster _cluster = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task StoppedSilo_ItsChannels_GoOnElsewhereWithAllThatTheyHad()
    {
        var channels = await PublishToManyAsync(60, new PublishRequest { Data = "1"u8.ToArray(), IdempotencyKey = "first", Version = 7 });
        await StopAsync(1);

        foreach (var (name, position) in channels)
        {
            var channel = Channel(name);
            var page = await Wait.ForAsync("history", () => channel.GetHistoryAsync(new HistoryQuery { Limit = -1 }));
            Assert.Equal(position, page.Top);
            Assert.Equal("1", Encoding.UTF8.GetString(Assert.Single(page.Publications).Data));
            Assert.Equal(position, await channel.PublishAsync(new PublishRequest { Data = "2"u8.ToArray(), IdempotencyKey = "first" }));
            Assert.Equal(position, await channel.PublishAsync(new PublishRequest { Data = "2"u8.ToArray(), Version = 7 }));
            Assert.Equal(position with { Offset = 2 }, await channel.PublishAsync(new PublishRequest { Data = "2"u8.ToArray(), Version = 8 }));
        }
    }

    [Fact]
    public async Task StoppedSilo_ChannelsOfTheOthers_KeepTheirActivations()
    {
        var channels = await PublishToManyAsync(60, new PublishRequest { Data = "1"u8.ToArray() });
        var stayed = channels.Keys.Where(name => IsOn(0, name)).ToList();
        Assert.NotEmpty(stayed);

        await StopAsync(1);

        Assert.All(stayed, name => Assert.True(IsOn(0, name)));
        foreach (var name in stayed)
        {
            Assert.Equal(channels[name], (await Channel(name).GetHistoryAsync(new HistoryQuery())).Top);
        }
    }

    [Fact]
    public async Task KilledSilo_ChannelsOfTheOthers_KeepTheirEpoch()
    {
        var channels = await PublishToManyAsync(60, new PublishRequest { Data = "1"u8.ToArray() });
        var stayed = channels.Keys.Where(name => IsOn(0, name)).ToList();
        Assert.NotEmpty(stayed);

        await _cluster.Cluster.KillSiloAsync(_cluster.Cluster.Silos[1], TestContext.Current.CancellationToken);
        await Wait.UntilAsync("a call to every channel", async () =>
        {
            foreach (var name in channels.Keys)
            {
                await Channel(name).GetHistoryAsync(new HistoryQuery());
            }

            return true;
        });

        foreach (var name in stayed)
        {
            Assert.Equal(channels[name], (await Channel(name).GetHistoryAsync(new HistoryQuery())).Top);
        }
    }

    [Fact]
    public async Task StoppedSilo_WithMoreThanMoves_HandsTheNewestOver()
    {
        var name = await NameOnAsync(1);
        var data = new byte[1024 * 1024];
        StreamPosition top = default;
        for (var i = 0; i < 8; i++)
        {
            top = await Channel(name).PublishAsync(new PublishRequest { Data = data });
        }

        await StopAsync(1);

        var page = await Wait.ForAsync("history", () => Channel(name).GetHistoryAsync(new HistoryQuery { Limit = -1 }));
        Assert.Equal(top, page.Top);
        Assert.Equal([6UL, 7UL, 8UL], page.Publications.Select(publication => publication.Offset));
    }

    [Fact]
    public async Task RollingRestarts_UnderPublishing_LoseNothingAndKeepTheEpochs()
    {
        var gateway = _cluster.AddGateway();
        var names = Enumerable.Range(0, 20).Select(i => $"rolling-{i}").ToList();
        foreach (var name in names)
        {
            await gateway.SubscribeAsync(name);
        }

        using var enough = new CancellationTokenSource();
        var publishers = names.Select(name => PublishUntilAsync(name, enough.Token)).ToList();
        for (var round = 0; round < 3; round++)
        {
            foreach (var silo in _cluster.Cluster.Silos.ToList())
            {
                await _cluster.Cluster.StartAdditionalSiloAsync();
                await _cluster.Cluster.StopSiloAsync(silo, TestContext.Current.CancellationToken);
            }
        }

        await enough.CancelAsync();
        foreach (var (name, acknowledged) in names.Zip(await Task.WhenAll(publishers)))
        {
            Assert.NotEmpty(acknowledged);
            Assert.Single(acknowledged.Values.Select(position => position.Epoch).Distinct());
            Assert.Equal(acknowledged.Count, acknowledged.Values.Select(position => position.Offset).Distinct().Count());
            var page = await Wait.ForAsync("history", () => Channel(name).GetHistoryAsync(new HistoryQuery { Limit = -1 }));
            foreach (var publication in page.Publications)
            {
                var text = Encoding.UTF8.GetString(publication.Data);
                Assert.Equal(publication.Offset, acknowledged.TryGetValue(text, out var position) ? position.Offset : publication.Offset);
            }

            Assert.Equal(acknowledged.Values.Max(position => position.Offset), page.Top.Offset);
        }
    }

    /// <summary>Publishes "0", "1", …, each repeated with its key until it is acknowledged; returns what the acknowledgements said.</summary>
    private async Task<Dictionary<string, StreamPosition>> PublishUntilAsync(string name, CancellationToken enough)
    {
        var acknowledged = new Dictionary<string, StreamPosition>();
        while (!enough.IsCancellationRequested)
        {
            var text = $"{acknowledged.Count}";
            acknowledged[text] = await Wait.ForAsync(
                $"publication {text} of {name}",
                () => Channel(name).PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(text), IdempotencyKey = text }));
            await Task.Delay(5, CancellationToken.None);
        }

        return acknowledged;
    }

    private async Task<Dictionary<string, StreamPosition>> PublishToManyAsync(int count, PublishRequest request)
    {
        var positions = new Dictionary<string, StreamPosition>();
        for (var i = 0; i < count; i++)
        {
            var name = $"channel-{Guid.NewGuid():N}";
            positions[name] = await Channel(name).PublishAsync(request);
        }

        return positions;
    }

    private async Task<string> NameOnAsync(int silo)
    {
        while (true)
        {
            var name = $"channel-{Guid.NewGuid():N}";
            await Channel(name).GetHistoryAsync(new HistoryQuery());
            if (IsOn(silo, name))
            {
                return name;
            }
        }
    }

    private bool IsOn(int silo, string channel) => _cluster.Hosts(_cluster.Cluster.Silos[silo], Channel(channel));

    private Task StopAsync(int silo) => _cluster.Cluster.StopSiloAsync(_cluster.Cluster.Silos[silo], TestContext.Current.CancellationToken);

    private IChannelGrain Channel(string name) => _cluster.Client.GetGrain<IChannelGrain>(name);
}
