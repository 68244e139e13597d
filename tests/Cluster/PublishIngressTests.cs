using System.Text;
using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

[Collection(nameof(SharedCluster))]
public sealed class PublishIngressTests(SiloCluster cluster)
{
    private readonly string _prefix = $"ingress-{Guid.NewGuid():N}";

    [Fact]
    public async Task RunsOnTheSiloThatItsKeyNames()
    {
        foreach (var silo in cluster.Cluster.Silos)
        {
            var siloId = silo.SiloAddress.ToParsableString();

            // A channel of the ingress' own silo is the one whose receipt names none.
            var attachments = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
                ($"{_prefix}-{i}", (await cluster.AddGateway().SubscribeAsync($"{_prefix}-{i}")).SiloId)));
            var receipts = await Ingress(siloId).PublishAsync([.. attachments.Select(at => Group(at.Item1, "x"))]);

            Assert.Equal(attachments.Select(at => at.SiloId == siloId ? null : at.SiloId), receipts.Select(receipt => receipt.SiloId));
            Assert.All(receipts, receipt => Assert.Equal(PublishCallStatus.Done, receipt.Status));
        }
    }

    [Fact]
    public async Task EachChannelGetsItsPublicationsInOrder()
    {
        var gateway = cluster.AddGateway();
        var channels = Enumerable.Range(0, 20).Select(i => $"{_prefix}-{i}").ToArray();
        foreach (var channel in channels)
        {
            await gateway.SubscribeAsync(channel);
        }

        var texts = Enumerable.Range(0, 50).Select(i => $"{i}").ToArray();
        var receipts = await Ingress().PublishAsync([.. channels.Select(channel => Group(channel, texts))]);

        Assert.All(receipts, receipt =>
            Assert.Equal(Enumerable.Range(1, 50).Select(i => (ulong)i), receipt.Outcomes.Select(outcome => outcome.Position.Offset)));
        foreach (var channel in channels)
        {
            await Wait.UntilAsync($"all of {channel}", () => gateway.Published(channel).Count == texts.Length);
            Assert.Equal(texts, gateway.Published(channel));
        }
    }

    [Fact]
    public async Task ABadPublication_ConcernsNoOther()
    {
        var receipts = await Ingress().PublishAsync(
            [Group("live:" + _prefix, "1", "not json", "2"), Group("unknown:" + _prefix, "1"), Group(_prefix, "1")]);

        Assert.Equal([ErrorCode.None, ErrorCode.BadRequest, ErrorCode.None], receipts[0].Outcomes.Select(outcome => outcome.Error));
        Assert.Equal([ErrorCode.UnknownChannel], receipts[1].Outcomes.Select(outcome => outcome.Error));
        Assert.Equal([ErrorCode.None], receipts[2].Outcomes.Select(outcome => outcome.Error));
    }

    [Fact]
    public async Task ASiloThatIsNotThere_FailsTheCall_AndNothingRuns()
    {
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(_prefix);

        var failure = await Record.ExceptionAsync(() => Ingress("127.0.0.1:1@1").PublishAsync([Group(_prefix, "x"), Group(_prefix + "-2", "y")]));

        Assert.IsType<WsClusterException>(failure);
        await cluster.Client.GetGrain<IChannelGrain>(_prefix).PublishAsync(new PublishRequest { Data = "after"u8.ToArray() });
        await Wait.UntilAsync("the next publication", () => gateway.Published(_prefix).Contains("after"));
        Assert.Equal(["after"], gateway.Published(_prefix));
    }

    [Fact]
    public async Task RelaysOfAnyKey_ReachAnyChannel()
    {
        for (ulong i = 1; i <= 8; i++)
        {
            var position = await cluster.Client.GetGrain<IPublishRelay>($"{i}").PublishAsync(_prefix, new PublishRequest { Data = "x"u8.ToArray() });
            Assert.Equal(i, position.Offset);
        }
    }

    private static ChannelPublishes Group(string channel, params string[] texts) =>
        new(channel, Array.ConvertAll(texts, text => new PublishRequest { Data = Encoding.UTF8.GetBytes(text) }));

    private IPublishIngress Ingress(string? siloId = null) => cluster.Client.GetGrain<IPublishIngress>(
        IPublishIngress.KeyOf(siloId ?? cluster.Cluster.Silos[0].SiloAddress.ToParsableString(), $"gateway-{Guid.NewGuid():N}"));
}
