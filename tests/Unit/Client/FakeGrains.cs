using System.Collections.Concurrent;
using System.Reflection;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Client;

/// <summary>A cluster in memory for clients: records every call and answers as told.</summary>
public sealed class FakeGrains
{
    private readonly List<(string Key, object Call)> _calls = [];
    private readonly ConcurrentDictionary<string, FakeRate> _rates = new(StringComparer.Ordinal);

    public FakeGrains() => Factory = FakeFactory.Create(this);

    public IGrainFactory Factory { get; }

    /// <summary>False: as Orleans before it has joined.</summary>
    public bool IsJoined { get; set; } = true;

    /// <summary>Answers publishes; by default offset 7 in epoch "e1".</summary>
    public Func<string, PublishRequest, Task<StreamPosition>> OnPublish { get; set; } = (_, _) => Task.FromResult(new StreamPosition(7, "e1"));

    /// <summary>Answers atomic publishes; by default offset 7 in epoch "e1" of each channel.</summary>
    public Func<AtomicPublishRequest, Task<AtomicPublishResult>> OnPublishAtomic { get; set; } =
        request => Task.FromResult(new AtomicPublishResult { Positions = [.. request.Publications.Select(_ => new StreamPosition(7, "e1"))] });

    public Func<string, HistoryQuery, Task<HistoryPage>> OnHistory { get; set; } =
        (_, _) => Task.FromResult(new HistoryPage { Publications = [], Top = new StreamPosition(0, "e1") });

    public Func<UserCommand, Task> OnCommand { get; set; } = _ => Task.CompletedTask;

    public Dictionary<string, ClientInfo> Presence { get; } = [];

    public List<FakeGateway> Gateways { get; } = [];

    /// <summary>All calls so far, with the key of the grain that got them.</summary>
    public IReadOnlyList<(string Key, object Call)> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>How many of them came through a relay.</summary>
    public int Relayed { get; private set; }

    public IEnumerable<T> CallsOf<T>() => Calls.Select(call => call.Call).OfType<T>();

    public void Record(string key, object call)
    {
        lock (_calls)
        {
            _calls.Add((key, call));
        }
    }

    private object GetGrain(Type type, string key)
    {
        if (!IsJoined)
        {
            throw new ArgumentException($"Could not find an implementation for interface {type}");
        }

        return type == typeof(IChannelGrain) ? new FakeChannel(key, this)
            : type == typeof(IPublishRelay) ? new FakeRelay(this)
            : type == typeof(IAtomicPublishGrain) ? new FakeAtomicPublisher(key, this)
            : type == typeof(IUserGrain) ? new FakeUser(key, this)
            : type == typeof(IRevocationGrain) ? new FakeRevocations(this)
            : type == typeof(IRateGrain) ? _rates.GetOrAdd(key, static _ => new FakeRate())
            : type == typeof(IGatewayDirectoryGrain) ? new FakeDirectory(this)
            : throw new NotSupportedException(type.Name);
    }

    private sealed class FakeChannel(string key, FakeGrains grains) : IChannelGrain
    {
        public Task<StreamPosition> PublishAsync(PublishRequest request)
        {
            grains.Record(key, request);
            return grains.OnPublish(key, request);
        }

        public Task<HistoryPage> GetHistoryAsync(HistoryQuery query)
        {
            grains.Record(key, query);
            return grains.OnHistory(key, query);
        }

        public Task RemoveHistoryAsync()
        {
            grains.Record(key, "remove history");
            return Task.CompletedTask;
        }

        public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync() =>
            Task.FromResult<IReadOnlyDictionary<string, ClientInfo>>(grains.Presence);

        public Task<PresenceStats> GetPresenceStatsAsync() =>
            Task.FromResult(new PresenceStats(grains.Presence.Count, grains.Presence.Values.DistinctBy(info => info.User).Count()));
    }

    private sealed class FakeAtomicPublisher(string key, FakeGrains grains) : IAtomicPublishGrain
    {
        public Task<AtomicPublishResult> PublishAsync(AtomicPublishRequest request)
        {
            grains.Record(key, request);
            return grains.OnPublishAtomic(request);
        }
    }

    private sealed class FakeRelay(FakeGrains grains) : IPublishRelay
    {
        public Task<StreamPosition> PublishAsync(string channel, PublishRequest request)
        {
            grains.Relayed++;
            grains.Record(channel, request);
            return grains.OnPublish(channel, request);
        }
    }

    private sealed class FakeUser(string key, FakeGrains grains) : IUserGrain
    {
        public Task ExecuteAsync(UserCommand command)
        {
            grains.Record(key, command);
            return grains.OnCommand(command);
        }

        public Task<IReadOnlyList<UserSession>> GetSessionsAsync() => Task.FromResult<IReadOnlyList<UserSession>>(
            [new UserSession { Client = "c1", GatewayId = "g1", ConnectedAt = DateTimeOffset.UnixEpoch }]);

        public Task<UserStatus> GetStatusAsync() => Task.FromResult(new UserStatus { Connections = 0, LastSeenAt = DateTimeOffset.FromUnixTimeSeconds(1000) });
    }

    private sealed class FakeRevocations(FakeGrains grains) : IRevocationGrain
    {
        public Task RevokeAsync(Revocation revocation)
        {
            grains.Record(IRevocationGrain.Key, revocation);
            return Task.CompletedTask;
        }

        public Task<RevocationPage> ReadAsync(Guid log, long after) => throw new NotSupportedException();
    }

    /// <summary>Gives one second's worth, ever.</summary>
    private sealed class FakeRate : IRateGrain
    {
        private int _taken;

        public Task<RateGrant> TakeAsync(int wanted, int perSecond)
        {
            var amount = Math.Min(wanted, perSecond - _taken);
            _taken += amount;
            return Task.FromResult(new RateGrant(amount, amount == 0 ? TimeSpan.FromMilliseconds(300) : TimeSpan.Zero));
        }
    }

    private sealed class FakeDirectory(FakeGrains grains) : IGatewayDirectoryGrain
    {
        public Task RegisterAsync(GatewayRegistration registration) => throw new NotSupportedException();

        public Task LeaveAsync(string gatewayId, long incarnation) => throw new NotSupportedException();

        public Task<IReadOnlyList<GatewayRegistration>> GetGatewaysAsync() => Task.FromResult<IReadOnlyList<GatewayRegistration>>(
            [.. grains.Gateways.Select(gateway => new GatewayRegistration { GatewayId = gateway.Id, Incarnation = 1, Control = gateway })]);
    }

    /// <summary>Answers <c>GetGrain&lt;T&gt;(string, …)</c>, the one member that clients use.</summary>
    public class FakeFactory : DispatchProxy // not sealed: the proxy derives from it
    {
        private FakeGrains _grains = null!;

        public static IGrainFactory Create(FakeGrains grains)
        {
            var factory = Create<IGrainFactory, FakeFactory>();
            ((FakeFactory)(object)factory)._grains = grains;
            return factory;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _grains.GetGrain(targetMethod!.GetGenericArguments()[0], (string)args![0]!);
    }
}

/// <summary>A gateway that answers, or fails when told to.</summary>
public sealed class FakeGateway(string id) : IGatewayControl
{
    public string Id => id;

    public Exception? Failure { get; set; }

    public Dictionary<string, int> Channels { get; } = [];

    public Dictionary<string, int> Users { get; } = [];

    public List<ConnectionDescription> Connections { get; } = [];

    public string? Pattern { get; private set; }

    public List<UserCommand> AnonymousCommands { get; } = [];

    public Task<GatewayDescription> DescribeAsync() => Answer(new GatewayDescription
    {
        GatewayId = id,
        Name = $"host-{id}:8000",
        Version = "0.1.0",
        Clients = 3,
        Users = 2,
        Subscriptions = 5,
        Channels = Channels.Count,
        Uptime = TimeSpan.FromSeconds(90.7),
        CpuPercent = 12.341,
        ResidentBytes = 1000,
    });

    public Task<IReadOnlyDictionary<string, int>> GetChannelsAsync(string pattern)
    {
        Pattern = pattern;
        return Answer<IReadOnlyDictionary<string, int>>(Channels);
    }

    public Task<IReadOnlyList<ChannelDescription>> ListChannelsAsync(ListQuery query) =>
        Answer(First(Channels.Select(c => new ChannelDescription(c.Key, c.Value)), c => c.Name, query));

    public Task<IReadOnlyList<UserDescription>> ListUsersAsync(ListQuery query) =>
        Answer(First(Users.Select(u => new UserDescription(u.Key, u.Value)), u => u.User, query));

    public Task<IReadOnlyList<ConnectionDescription>> ListConnectionsAsync(ListQuery query) =>
        Answer(First(Connections, c => c.Client, query));

    public Task<GatewayExplanation> ExplainAsync(ExplainQuery query) => throw new NotSupportedException();

    public Task ExecuteAnonymousAsync(UserCommand command)
    {
        AnonymousCommands.Add(command);
        return Answer(true);
    }

    private static IReadOnlyList<T> First<T>(IEnumerable<T> all, Func<T, string> key, ListQuery query) =>
        [.. all.Where(item => string.CompareOrdinal(key(item), query.After) > 0).OrderBy(key, StringComparer.Ordinal).Take(query.Limit)];

    private Task<T> Answer<T>(T answer) => Failure is null ? Task.FromResult(answer) : Task.FromException<T>(Failure);
}
