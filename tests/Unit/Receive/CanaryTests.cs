using WsCluster.Configuration;
using WsCluster.Gateway.Canaries;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>A gateway that checks whether what is published reaches it.</summary>
public sealed class CanaryTests : IDisposable
{
    private readonly List<FakeChannel> _canaries = [];
    private readonly List<string> _names = [];
    private readonly ReceivingGateway _gateway;

    public CanaryTests() => _gateway = Create(lanes: 1);

    private CanaryWatch Watch => _gateway.Get<CanaryWatch>();

    private FakeChannel Canary => _canaries[0];

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Check_WhatIsPublishedArrives_IsNeverSilent()
    {
        await PublishedAsync(20);

        Assert.Equal(0, _gateway.Count("canary.misses"));
        Assert.False(Watch.IsSilent);
        Assert.Single(Canary.CallsOf<GatewaySubscription>());
    }

    [Fact]
    public async Task Check_GrainsForgotTheGateway_SubscribesToEverythingAgain()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        await PublishedAsync(1);

        _gateway.Channel().Move("silo-1", losesStream: false); // the grains lose their gateways and say nothing
        Canary.Move("silo-2", losesStream: false); // another silo: the two fakes have an outbox each
        await MissesAsync(2);
        await _gateway.AdvanceUntilAsync("both to be subscribed again", () =>
            _gateway.Channel().CallsOf<GatewaySubscription>().Count == 2 && Canary.CallsOf<GatewaySubscription>().Count == 2);
        await _gateway.QuietAsync();
        _gateway.Channel().Publish("1");

        await client.ExpectAsync("\"subscribe\"", TestClient.Push("1", 1));
        Assert.Equal(1, _gateway.Count("canary.resubscribes"));
        await HeardAsync();
    }

    [Fact]
    public async Task Check_OutboxGoesNowhere_IsSilentUntilItArrives()
    {
        await PublishedAsync(1);
        Canary.HoldsBatches = true;

        await MissesAsync(1);
        Assert.False(Watch.IsSilent);
        Assert.Equal(0, _gateway.Count("canary.resubscribes"));
        await MissesAsync(2);
        Assert.True(Watch.IsSilent);

        Canary.HoldsBatches = false;
        await HeardAsync();
    }

    [Fact]
    public async Task Check_StaysSilent_SubscribesEverMoreRarely()
    {
        await PublishedAsync(1);
        Canary.HoldsBatches = true;

        await MissesAsync(31);

        Assert.Equal(4, _gateway.Count("canary.resubscribes")); // after 2, 4, 8 and 16 misses
    }

    [Fact]
    public async Task Check_ClusterAway_IsNoMiss()
    {
        await PublishedAsync(1);
        Canary.Before = _ => Task.FromException(new TimeoutException());

        await PublishedAsync(10); // tries

        Assert.Equal(0, _gateway.Count("canary.misses"));
        Assert.False(Watch.IsSilent);
    }

    [Fact]
    public async Task Check_LossIsBeingRepaired_IsNoMiss()
    {
        await PublishedAsync(1);
        Canary.Before = call => call is GatewaySubscription ? new TaskCompletionSource().Task : Task.CompletedTask;
        Canary.HoldsBatches = true;
        _gateway.Silos.RebindAll();
        await Wait.UntilAsync("the repair", () => Canary.CallsOf<GatewaySubscription>().Count == 2);

        for (var i = 0; i < 10; i++)
        {
            Watch.Check();
        }

        Assert.Equal(0, _gateway.Count("canary.misses"));
    }

    [Fact]
    public async Task Check_SeveralLanes_HaveACanaryEach()
    {
        _canaries.Clear();
        _names.Clear();
        using var gateway = Create(lanes: 8);

        gateway.Get<CanaryWatch>().Check();
        await Wait.UntilAsync("all to publish", () => _canaries.TrueForAll(canary => canary.CallsOf<PublishRequest>().Count == 1));

        var lanes = gateway.Get<GatewayLanes>();
        Assert.Equal(Enumerable.Range(0, 8), _names.Select(name => lanes.For(name).Lane).Order());
    }

    [Fact]
    public async Task Canary_IsInNoListing()
    {
        await PublishedAsync(2);

        Assert.Empty(_gateway.Channels.Occupied);
    }

    [Fact]
    public void CanaryChannel_CannotBeNamedByClientsNorConfigured()
    {
        var name = CanaryChannel.Name("gateway", 1, 0);
        var namespaces = new FixedOptions<ChannelNamespaces>(new ChannelNamespaces());
        var rules = new ChannelRules(namespaces, new FixedOptions<GatewayOptions>(new GatewayOptions { Insecure = true }), TestMetrics.Gateway());

        Assert.True(CanaryChannel.Is(name));
        Assert.Equal(ErrorCode.UnknownChannel, rules.Check(name, out _));
        Assert.Equal(ErrorCode.UnknownChannel, rules.Check("$" + name, out _));
        Assert.False(CanaryChannel.Is("$" + name));
        var configured = new ChannelNamespaces { Namespaces = { ["!canary"] = new ChannelOptions() } };
        Assert.True(new ChannelNamespacesValidator().Validate(null, configured).Failed);
        Assert.False(CanaryChannel.Options.HasHistory);
    }

    private ReceivingGateway Create(int lanes) => new(options => options.Lanes = lanes, name =>
    {
        var channel = new FakeChannel(name) { KeepsHistory = !CanaryChannel.Is(name) };
        if (CanaryChannel.Is(name))
        {
            lock (_names)
            {
                _names.Add(name);
                _canaries.Add(channel);
            }
        }

        return channel;
    });

    /// <summary>Goes through rounds until the canary has tried to publish so many times more.</summary>
    private async Task PublishedAsync(int count)
    {
        var before = Tries();
        await _gateway.AdvanceUntilAsync("the canary to publish", () =>
        {
            if (Tries() >= before + count)
            {
                return true;
            }

            Watch.Check();
            return false;
        });

        int Tries() => _canaries.Count == 0 ? 0 : Canary.CallsOf<PublishRequest>().Count;
    }

    private Task MissesAsync(int count) => _gateway.AdvanceUntilAsync($"{count} misses", () =>
    {
        if (_gateway.Count("canary.misses") >= count)
        {
            return true;
        }

        Watch.Check();
        return false;
    });

    private Task HeardAsync() => _gateway.AdvanceUntilAsync("the canary to be heard", () =>
    {
        Watch.Check();
        return !Watch.IsSilent;
    });
}
