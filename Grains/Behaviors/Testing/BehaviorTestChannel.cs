using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.History;
using WsCluster.Grains.Limits;

namespace WsCluster.Behaviors.Testing;

/// <summary>
/// One channel in memory for the unit test of a behavior: no cluster, no network, the same rules as in a silo. Not thread-safe.
/// </summary>
/// <remarks>
/// Give it a fake <see cref="TimeProvider"/> when the behavior has timers: they fire when it is advanced. Await
/// <see cref="IdleAsync"/> after that.
/// </remarks>
public sealed class BehaviorTestChannel : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<Publication> _publications = [];
    private readonly Func<ChannelBehavior> _create;
    private readonly TimeProvider _time;
    private readonly BehaviorOptions _limits;
    private readonly ChannelOptions _options = new()
    {
        Behavior = true,
        HistorySize = 1000,
        HistoryTtl = TimeSpan.FromHours(1),
    };

    private BehavingStream _stream;
    private (StreamState? Stream, StreamSnapshot? Snapshot) _left; // while closed

    /// <summary>Makes a channel with a behavior.</summary>
    /// <param name="create">Makes an instance; called again by <see cref="RestartAsync"/>.</param>
    /// <param name="channel">The channel's name.</param>
    /// <param name="time">The clock; the system's if not given.</param>
    /// <param name="timeout">How long a handler may take; 2 s if not given.</param>
    public BehaviorTestChannel(Func<ChannelBehavior> create, string channel = "test:channel", TimeProvider? time = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
        _time = time ?? TimeProvider.System;
        _limits = new BehaviorOptions { Timeout = timeout ?? TimeSpan.FromSeconds(2) };
        Name = channel;
        _stream = Open(null, null);
    }

    /// <summary>Makes a channel that holds a value, as <c>AddChannelReducer</c> does.</summary>
    public static BehaviorTestChannel ForReducer<TState>(Func<TState, Publication, TState> reduce, string channel = "test:channel")
        where TState : class, new()
    {
        ArgumentNullException.ThrowIfNull(reduce);
        return new BehaviorTestChannel(() => new ReducerBehavior<TState>(reduce), channel);
    }

    /// <summary>The channel's name.</summary>
    public string Name { get; }

    /// <summary>What was published, in its order.</summary>
    public IReadOnlyList<Publication> Publications => _publications;

    /// <summary>True once a handler took too long: a silo would activate the channel anew, as <see cref="RestartAsync"/> does.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>A user's connection subscribes.</summary>
    public async Task<SubscribeDecision> SubscribeAsync(string user, object? data = null)
    {
        var attempt = new SubscribeAttempt { Channel = Name, Caller = CallerOf(user), Data = Bytes(data) };
        return (await _stream.AdmitAsync(attempt)).Decision;
    }

    /// <summary>A user publishes a value as JSON.</summary>
    /// <returns>Its position.</returns>
    /// <exception cref="WsClusterException">The behavior refused it; see <see cref="WsClusterException.Denial"/>.</exception>
    public async Task<StreamPosition> PublishAsync(string user, object data, string? idempotencyKey = null) =>
        await _stream.AppendAsync(new PublishRequest { Data = Bytes(data), Info = CallerOf(user).Info, IdempotencyKey = idempotencyKey });

    /// <summary>An application service publishes.</summary>
    /// <exception cref="WsClusterException">The behavior refused it.</exception>
    public async Task<StreamPosition> PublishAsync(PublishRequest request) => await _stream.AppendAsync(request);

    /// <summary>A subscriber calls a method.</summary>
    public Task<CallAnswer> CallAsync(string user, string method, object? data = null) =>
        _stream.CallAsync(new ChannelCall { Method = method, Caller = CallerOf(user), Data = Bytes(data) });

    /// <summary>A user's connection joins.</summary>
    public Task JoinAsync(string user) => TellAsync(user, joined: true);

    /// <summary>A user's connection leaves.</summary>
    public Task LeaveAsync(string user) => TellAsync(user, joined: false);

    /// <summary>Waits until everything that was started has ended: joins, leaves, timers that are due.</summary>
    public async Task IdleAsync() => await _stream.StartAsync();

    /// <summary>
    /// The activation ends and the channel begins anew with another instance, as after a move. The state comes from a snapshot, or, as
    /// after a crash without one, from a replay of all publications.
    /// </summary>
    public async Task RestartAsync(bool replay = true)
    {
        await CloseAsync();
        IsGivenUp = false;
        _stream = Open(_left.Stream, replay ? null : _left.Snapshot);
        _left = default;
        await IdleAsync();
    }

    /// <summary>
    /// The activation ends, and with it its timers, as when its silo stops: no instance has the channel until <see cref="RestartAsync"/>.
    /// </summary>
    public async Task CloseAsync()
    {
        if (_left.Stream is null)
        {
            await IdleAsync();
            _left = (((IHandedOverStream)_stream.Stream).HandOver(long.MaxValue), _stream.HandOver());
            _stream.Close();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _stream.Close();
        return _services.DisposeAsync();
    }

    private BehavingStream Open(StreamState? state, StreamSnapshot? snapshot)
    {
        var metrics = new GrainMetrics(_services.GetRequiredService<IMeterFactory>());
        var store = new MemoryHistoryStore(_time, metrics, new SiloLimits(Options.Create(new SiloLimitOptions())));
        var stream = new BehavingStream(
            Name,
            _options,
            _create(),
            new Owner(_publications),
            owner => store.Open(Name, _options, owner),
            StartTimer,
            () => IsGivenUp = true,
            new BehaviorContext(_limits, _time, metrics, NullLogger.Instance));
        if (state is not null)
        {
            ((IHandedOverStream)stream.Stream).TakeOver(state);
            stream.TakeOver(snapshot);
        }

        return stream;
    }

    private async Task TellAsync(string user, bool joined)
    {
        _stream.Tell([(CallerOf(user).Info, joined)]);
        await IdleAsync();
    }

    private ITimer StartTimer(Func<Task> callback, TimeSpan due, TimeSpan period) =>
        _time.CreateTimer(_ => _ = callback(), null, due, period);

    private static Caller CallerOf(string user) => new() { Info = new ClientInfo { User = user, Client = $"{user}-connection" } };

    private static byte[] Bytes(object? data) => data is null ? [] : JsonSerializer.SerializeToUtf8Bytes(data, JsonSerializerOptions.Web);

    private sealed class Owner(List<Publication> publications) : IStreamOwner
    {
        public void Deliver(string epoch, Publication publication) => publications.Add(publication);

        public void LoseStream(string reason)
        {
            // A stream in memory is never lost.
        }
    }
}
