using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Publishing;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Publishing;

/// <summary>One silo whose channels record what they are asked to publish. A test answers in its place, or holds the answer back.</summary>
internal sealed class PublishingCluster
{
    private readonly List<string> _calls = [];
    private readonly Dictionary<string, ulong> _offsets = [];

    public PublishingCluster(GatewayMetrics? metrics = null)
    {
        var factory = FakeFactory.Create(this);
        var options = Options.Create(new GatewayOptions { Id = "gateway", Lanes = 1 });
        var references = new ChannelReferences(factory);
        var lanes = new GatewayLanes(factory, options, Time, dispatcher: null!);
        Entrances = new SiloEntrances(factory, Time);
        Places = new ChannelPlaces(factory, references, lanes, Entrances, metrics ?? TestMetrics.Gateway(), Time, NullLogger<ChannelPlaces>.Instance);
        Publisher = new ChannelPublisher(references, Places, Entrances, lanes, options, TestMetrics.Gateway(), Time, NullLogger<ChannelPublisher>.Instance);
        EmbeddedPublisher = new ChannelPublisher(
            references, Places, Entrances, lanes, options, TestMetrics.Gateway(), Time, NullLogger<ChannelPublisher>.Instance, new Local(this));
    }

    public const string SiloId = "silo-1";

    public FakeTimeProvider Time { get; } = new();

    public SiloEntrances Entrances { get; }

    public ChannelPlaces Places { get; }

    public ChannelPublisher Publisher { get; }

    /// <summary>A publisher that shares its process with the silo.</summary>
    public ChannelPublisher EmbeddedPublisher { get; }

    /// <summary>The channels that it may enter; each is recorded as <c>here channel:data</c>.</summary>
    public HashSet<string> Here { get; } = [];

    /// <summary>Runs before a channel publishes: throw to fail the call, wait to keep it on its way.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs before an ingress hands anything to its channels.</summary>
    public Func<Task> BeforeIngress { get; set; } = () => Task.CompletedTask;

    /// <summary>Decides each publication's error.</summary>
    public Func<string, ErrorCode> Judge { get; set; } = _ => ErrorCode.None;

    /// <summary>Each call as <c>channel:data,data</c>; those of one ingress call joined by <c> | </c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>All requests that reached a channel.</summary>
    public List<PublishRequest> Requests { get; } = [];

    public static PendingPublish Publish(string channel, string data, uint id = 0, string? key = null) =>
        new(channel, new PublishRequest { Data = Encoding.UTF8.GetBytes(data), IdempotencyKey = key }, id);

    /// <summary>Publishes once, so that the gateway knows the channel's silo.</summary>
    public async Task LearnAsync(params string[] channels)
    {
        foreach (var channel in channels)
        {
            await Publisher.PublishAsync([Publish(channel, "first")]);
        }

        lock (_calls)
        {
            _calls.Clear();
        }
    }

    private void Record(string call)
    {
        lock (_calls)
        {
            _calls.Add(call);
        }
    }

    private static string Describe(string channel, PublishRequest[] requests) =>
        $"{channel}:{string.Join(',', requests.Select(TextOf))}";

    private static string TextOf(PublishRequest request) => Encoding.UTF8.GetString(request.Data);

    private async Task<PublishReceipt> PublishAsync(string channel, PublishRequest[] requests, string? siloId)
    {
        lock (_calls)
        {
            Requests.AddRange(requests);
        }

        await Before(channel);
        var outcomes = Array.ConvertAll(requests, request => Judge(TextOf(request)) is var error and not ErrorCode.None
            ? new PublishOutcome(StreamPosition.None, error)
            : new PublishOutcome(new StreamPosition(Next(channel), "e"), ErrorCode.None));
        return new PublishReceipt { SiloId = siloId, Outcomes = outcomes };
    }

    private ulong Next(string channel)
    {
        lock (_calls)
        {
            return _offsets[channel] = _offsets.GetValueOrDefault(channel) + 1;
        }
    }

    private sealed class Local(PublishingCluster cluster) : ILocalChannels
    {
        public bool TryPublish(string channel, ReadOnlySpan<PublishRequest> requests, Span<PublishOutcome> outcomes)
        {
            if (!cluster.Here.Contains(channel))
            {
                return false;
            }

            cluster.Record($"here {Describe(channel, requests.ToArray())}");
            outcomes.Fill(new PublishOutcome(new StreamPosition(cluster.Next(channel), "e"), ErrorCode.None));
            return true;
        }
    }

    private sealed class Ingress(PublishingCluster cluster) : IPublishIngress
    {
        public async Task<PublishReceipt[]> PublishAsync(ChannelPublishes[] groups)
        {
            cluster.Record(string.Join(" | ", groups.Select(group => Describe(group.Channel, group.Requests))));
            await cluster.BeforeIngress();
            return await Task.WhenAll(groups.Select(group => cluster.PublishAsync(group.Channel, group.Requests, siloId: null)));
        }
    }

#pragma warning disable CA1852 // the proxies derive from them
    internal class FakeChannel : DispatchProxy
    {
        private PublishingCluster _cluster = null!;
        private string _name = "";

        internal static IChannelRouting Create(PublishingCluster cluster, string name)
        {
            var channel = Create<IChannelRouting, FakeChannel>();
            (((FakeChannel)(object)channel)._cluster, ((FakeChannel)(object)channel)._name) = (cluster, name);
            return channel;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IChannelRouting.PublishManyAsync), targetMethod!.Name);
            var requests = (PublishRequest[])args![0]!;
            _cluster.Record(Describe(_name, requests));
            return _cluster.PublishAsync(_name, requests, SiloId);
        }
    }

    internal class FakeFactory : DispatchProxy
    {
        private PublishingCluster _cluster = null!;

        internal static IGrainFactory Create(PublishingCluster cluster)
        {
            var factory = Create<IGrainFactory, FakeFactory>();
            ((FakeFactory)(object)factory)._cluster = cluster;
            return factory;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IGrainFactory.CreateObjectReference) ? args![0]
            : targetMethod.GetGenericArguments()[0] == typeof(IPublishIngress) ? new Ingress(_cluster)
            : FakeChannel.Create(_cluster, (string)args![0]!);
    }
#pragma warning restore CA1852
}
