using System.Text;
using WsCluster.Configuration;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>Subscribers of a channel with a behavior: its state, then what the state does not include, and nothing else.</summary>
public sealed class AdmissionTests : IDisposable
{
    private static readonly ChannelOptions Behaving = new() { Behavior = true, HistorySize = 1000, HistoryTtl = TimeSpan.FromMinutes(1) };

    private readonly ReceivingGateway _gateway = new(options => options.MaxRecoveryPublications = 5);

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Subscribe_StateIsOlderThanTheTop_GetsItAndWhatFollows()
    {
        PublishTo(4);
        AdmitWith("{\"sum\":3}", 2);

        var client = await SubscribeAsync();
        Channel.Publish("5");

        await client.ExpectAsync("\"data\":{\"sum\":3}", TestClient.Push("5", 5));
        Assert.Contains("\"offset\":2", client.Log[0], StringComparison.Ordinal);
        Assert.Contains("\"publications\":[{\"data\":3,\"offset\":3},{\"data\":4,\"offset\":4}]", client.Log[0], StringComparison.Ordinal);
        Assert.DoesNotContain("recovered", client.Log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_StateIsAheadOfTheGateway_GetsNothingTwice()
    {
        var other = await SubscribeAsync(state: "{}", at: 0);
        PublishTo(3, deliver: false);
        AdmitWith("{\"sum\":6}", 3);

        var client = await SubscribeAsync();
        Channel.Publish("4"); // the gateway finds its gap here

        await client.ExpectAsync("\"data\":{\"sum\":6}", TestClient.Push("4", 4));
        await other.ExpectAsync("\"data\":{}", TestClient.Push("1", 1), TestClient.Push("2", 2), TestClient.Push("3", 3), TestClient.Push("4", 4));
    }

    [Fact]
    public async Task Recover_Possible_GoesOnWithoutTheState()
    {
        PublishTo(4);
        AdmitWith("{\"sum\":10}", 4);

        var client = await SubscribeAsync(new StreamPosition(3, "e1"));

        await client.ExpectAsync("\"recovered\":true,\"offset\":3");
        Assert.DoesNotContain("sum", client.Log[0], StringComparison.Ordinal);
        Assert.Contains("\"publications\":[{\"data\":4,\"offset\":4}]", client.Log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recover_Impossible_StartsFromTheState()
    {
        PublishTo(9); // more than may be recovered
        AdmitWith("{\"sum\":36}", 8);

        var client = await SubscribeAsync(new StreamPosition(1, "e1"));

        await client.ExpectAsync("\"data\":{\"sum\":36}");
        Assert.Contains("\"was_recovering\":true", client.Log[0], StringComparison.Ordinal);
        Assert.DoesNotContain("\"recovered\"", client.Log[0], StringComparison.Ordinal);
        Assert.Contains("\"publications\":[{\"data\":9,\"offset\":9}]", client.Log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_Refused_IsNotSubscribed()
    {
        Channel.Admission = () => new ChannelAdmission { Decision = SubscribeDecision.Deny, Position = Channel.Top };
        var client = new TestClient(_gateway, "anna");

        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(TestClient.Positioned, options: Behaving)); // the application's own no has no code of ours

        Channel.Publish("1");
        await client.ExpectNothingAsync();
        Assert.Null(client.Connection.FindSubscription("news"));
    }

    private void AdmitWith(string state, ulong offset) => Channel.Admission = () => new ChannelAdmission
    {
        Decision = new SubscribeDecision { Options = new SubscribeOptions { Data = Encoding.UTF8.GetBytes(state) } },
        Position = Channel.Top with { Offset = offset },
    };

    private async Task<TestClient> SubscribeAsync(StreamPosition? from = null, string? state = null, ulong at = 0)
    {
        if (state is not null)
        {
            AdmitWith(state, at);
        }

        var client = new TestClient(_gateway, "anna");
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(TestClient.Positioned, from, Behaving));
        return client;
    }

    private void PublishTo(int last, bool deliver = true)
    {
        for (var i = 1; i <= last; i++)
        {
            Channel.Publish($"{i}", deliver);
        }
    }
}
