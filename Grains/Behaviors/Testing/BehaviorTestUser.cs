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
using WsCluster.Grains.Users;
using WsCluster.Grains.Users.Code;

namespace WsCluster.Behaviors.Testing;

/// <summary>
/// One user in memory, with an inbox, for the unit test of a user's behavior: no cluster, no network, the same rules as in a silo. Not
/// thread-safe.
/// </summary>
/// <remarks>Give it a fake <see cref="TimeProvider"/> to test <see cref="UserBehavior.OnUnreadAsync"/>: after it is advanced, await <see cref="IdleAsync"/>.</remarks>
public sealed class BehaviorTestUser : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Func<UserBehavior> _create;
    private readonly TimeProvider _time;
    private readonly BehaviorOptions _limits;
    private readonly InboxOptions _inboxOptions;
    private readonly GrainMetrics _metrics;
    private readonly MemoryUserStore _store;
    private readonly UserSessions _sessions = new(0);
    private readonly List<UserCommand> _commands = [];
    private readonly TestReminder _reminder;
    private readonly IChannelStream _stream;
    private (BehavingUser Behavior, UserInbox Inbox) _user;

    /// <summary>Makes a user with a behavior.</summary>
    /// <param name="create">Makes an instance; called again by <see cref="Restart"/>.</param>
    /// <param name="user">The user's id.</param>
    /// <param name="time">The clock; the system's if not given.</param>
    /// <param name="unreadAfter">When messages of the inbox are too long unread; an hour if not given.</param>
    /// <param name="timeout">How long a handler may take; 2 s if not given.</param>
    public BehaviorTestUser(Func<UserBehavior> create, string user = "user", TimeProvider? time = null, TimeSpan? unreadAfter = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
        _time = time ?? TimeProvider.System;
        _limits = new BehaviorOptions { Timeout = timeout ?? TimeSpan.FromSeconds(2) };
        _inboxOptions = new InboxOptions { Enabled = true, UnreadAfter = unreadAfter ?? TimeSpan.FromHours(1) };
        _metrics = new GrainMetrics(_services.GetRequiredService<IMeterFactory>());
        _store = new MemoryUserStore(_metrics);
        _reminder = new TestReminder(_time, RemindAsync);
        Id = user;
        var history = new MemoryHistoryStore(_time, _metrics, new SiloLimits(Options.Create(new SiloLimitOptions())));
        var channel = new ChannelOptions { HistorySize = 1000, HistoryTtl = TimeSpan.FromDays(30) };
        _stream = history.Open(InboxChannel.Of(user), channel, new Owner());
        _user = Open();
    }

    /// <summary>The user's id.</summary>
    public string Id { get; }

    /// <summary>The live connections.</summary>
    public IReadOnlyList<UserSession> Sessions => _sessions.All();

    /// <summary>What the behavior did to the live connections, in its order.</summary>
    public IReadOnlyList<UserCommand> Commands => _commands;

    /// <summary>A connection wants to be let in, and is unless the behavior says no or the user has as many as it allows.</summary>
    /// <returns>What the behavior decided, and whether the connection is in.</returns>
    public async Task<(ConnectDecision Decision, bool Admitted)> ConnectAsync(string client, object? data = null)
    {
        var attempt = new ConnectAttempt { Caller = new Caller { Info = new ClientInfo { User = Id, Client = client } }, Data = Bytes(data) };
        var decision = await _user.Behavior.DecideConnectAsync(attempt);
        var session = new UserSession { Client = client, GatewayId = "gateway", ConnectedAt = _time.GetUtcNow() };
        if (decision.Denial is not null || !_sessions.TryAdd(session, decision.MaxSessions))
        {
            return (decision, false);
        }

        _user.Behavior.Tell(session, connected: true);
        await IdleAsync();
        return (decision, true);
    }

    /// <summary>A connection goes.</summary>
    public async Task DisconnectAsync(string client)
    {
        foreach (var session in _sessions.Remove(client, "gateway"))
        {
            _user.Behavior.Tell(session, connected: false);
        }

        await IdleAsync();
    }

    /// <summary>Puts a message into the inbox, as JSON.</summary>
    public async Task<StreamPosition> SendAsync(object data)
    {
        await _user.Inbox.ExpectAsync();
        return await _stream.AppendAsync(new PublishRequest { Data = Bytes(data) });
    }

    /// <summary>One of the user's devices has read up to a message.</summary>
    public async Task<InboxState> ReadAsync(ulong upTo) => (await _user.Inbox.MarkReadAsync(upTo)).State;

    /// <summary>How far the user has read.</summary>
    public Task<InboxState> GetInboxAsync() => _user.Inbox.GetAsync();

    /// <summary>Waits until everything that was started has ended: connects and disconnects, a reminder that was due.</summary>
    public async Task IdleAsync()
    {
        await _reminder.Running;
        await _user.Behavior.IdleAsync();
    }

    /// <summary>The activation ends and another one goes on with what was kept. The connections stay, as gateways bring them back.</summary>
    public void Restart() => _user = Open();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reminder.ClearAsync();
        _stream.Close();
        await _services.DisposeAsync();
    }

    private (BehavingUser Behavior, UserInbox Inbox) Open()
    {
        var memory = new UserMemory(Id, _store);
        var context = new BehaviorContext(_limits, _time, _metrics, NullLogger.Instance);
        return (
            new BehavingUser(Id, _create, memory, _sessions.All, _commands.Add, context),
            new UserInbox(_inboxOptions, memory, async (offset, limit) => await _stream.ReadAfterAsync(offset, limit), _reminder, _time));
    }

    private async Task RemindAsync()
    {
        try
        {
            await _user.Inbox.RemindAsync(_user.Behavior.TellUnreadAsync);
        }
        catch (WsClusterException)
        {
            // Told again at the reminder's next time, as in a silo.
        }
    }

    private static byte[] Bytes(object? data) => data is null ? [] : JsonSerializer.SerializeToUtf8Bytes(data, JsonSerializerOptions.Web);

    private sealed class Owner : IStreamOwner
    {
        public void Deliver(string epoch, Publication publication)
        {
            // Nobody is subscribed.
        }

        public void LoseStream(string reason)
        {
            // A stream in memory is never lost.
        }
    }

    /// <summary>A reminder by the test's clock.</summary>
    private sealed class TestReminder(TimeProvider time, Func<Task> remind) : IUnreadReminder
    {
        private ITimer? _timer;

        /// <summary>What became of it so far.</summary>
        public Task Running { get; private set; } = Task.CompletedTask;

        public Task<bool> IsSetAsync() => Task.FromResult(_timer is not null);

        public async Task SetAsync(TimeSpan due, TimeSpan period)
        {
            await ClearAsync();
            _timer = time.CreateTimer(_ => Running = RunAsync(Running), null, due, period);
        }

        public Task ClearAsync()
        {
            _timer?.Dispose();
            _timer = null;
            return Task.CompletedTask;
        }

        private async Task RunAsync(Task earlier)
        {
            await earlier;
            await remind();
        }
    }
}
