using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Tests.Unit.Receive;

namespace WsCluster.Tests.Unit.Authorization;

/// <summary>What is open follows what is allowed.</summary>
public sealed class LiveAuthorizationTests : IDisposable
{
    private readonly ReceivingGateway _gateway = new();
    private readonly ChannelNamespaces _namespaces = new() { WithoutNamespace = { AllowSubscribeForClient = true } };
    private readonly GatewayOptions _options = new();
    private readonly RevocationList _revocations;
    private readonly ConnectionRegistry _connections = new();
    private readonly LiveAuthorization _live;

    public LiveAuthorizationTests()
    {
        _revocations = new RevocationList(_gateway.Time);
        var options = new FixedOptions<GatewayOptions>(_options);
        _live = new LiveAuthorization(
            _connections,
            _gateway.Subscriptions,
            new ChannelAccess(options, _revocations),
            _revocations,
            new FixedOptions<ChannelNamespaces>(_namespaces),
            options,
            NullLogger<LiveAuthorization>.Instance);
    }

    private DateTimeOffset Now => _gateway.Time.GetUtcNow();

    [Fact]
    public async Task Check_UserRevoked_ClosesWhatOlderTokensOpened()
    {
        var old = Client("7", Now.AddSeconds(-1));
        var fresh = Client("7", Now);
        var other = Client("8", Now.AddSeconds(-1));
        _revocations.Add([new Revocation { User = "7", IssuedBefore = Now }]);

        await _live.CheckAllAsync();

        await old.ExpectAsync("close 3014 state invalidated");
        await fresh.ExpectNothingAsync();
        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task Check_SessionRevoked_ClosesThatSessionOnly()
    {
        var one = Client("7", Now, session: "one");
        var two = Client("7", Now, session: "two");
        _revocations.Add([new Revocation { User = "7", Session = "one" }]);

        await _live.CheckAllAsync();

        await one.ExpectAsync("close 3014 state invalidated");
        await two.ExpectNothingAsync();
    }

    [Fact]
    public async Task Check_ChannelRevoked_EndsThatSubscriptionOnly()
    {
        var client = Client("7", Now);
        await SubscribeAsync(client, "news");
        await SubscribeAsync(client, "chat");
        _revocations.Add([new Revocation { User = "7", Channel = "news", IssuedBefore = Now.AddSeconds(1) }]);

        await _live.CheckAllAsync();

        await client.ExpectAsync("""{"push":{"channel":"news","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}""");
        await client.ExpectNothingAsync();
        Assert.Null(client.Connection.FindSubscription("news"));
        Assert.NotNull(client.Connection.FindSubscription("chat"));
    }

    [Fact]
    public async Task Check_ChannelRevoked_ANewerTokensRightStays()
    {
        var client = Client("7", Now);
        await SubscribeAsync(client, "news", new Grant { Basis = GrantBasis.Token, IssuedAt = Now });
        _revocations.Add([new Revocation { User = "7", Channel = "news", IssuedBefore = Now }]);

        await _live.CheckAllAsync();

        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Check_SubscriptionTokensSessionRevoked_MakesItSubscribeAgain()
    {
        var client = Client("7", Now, session: "connection");
        await SubscribeAsync(client, "news", new Grant { Basis = GrantBasis.Token, IssuedAt = Now, Session = "subscription" });
        _revocations.Add([new Revocation { User = "7", Session = "subscription" }]);

        await _live.CheckAllAsync();

        await client.ExpectAsync("""{"push":{"channel":"news","unsubscribe":{"code":2502,"reason":"state invalidated"}}}""");
    }

    [Fact]
    public async Task Check_PermissionTakenBack_EndsWhatItGave()
    {
        var client = Client("7", Now);
        await SubscribeAsync(client, "news");
        await SubscribeAsync(client, "token", new Grant { Basis = GrantBasis.Token, IssuedAt = Now });
        await SubscribeAsync(client, "application", new Grant { Basis = GrantBasis.Application, IssuedAt = Now });
        await _live.CheckAllAsync();
        await client.ExpectNothingAsync();

        _namespaces.WithoutNamespace = new ChannelOptions();
        await _live.CheckAllAsync();

        await client.ExpectAsync("""{"push":{"channel":"news","unsubscribe":{"code":2000""");
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Check_NamespaceGone_EndsEverythingInIt()
    {
        _namespaces.Namespaces["chat"] = new ChannelOptions();
        var client = Client("7", Now);
        await SubscribeAsync(client, "chat:1", new Grant { Basis = GrantBasis.Token, IssuedAt = Now });

        _namespaces.Namespaces.Clear();
        await _live.CheckAllAsync();

        await client.ExpectAsync("""{"push":{"channel":"chat:1","unsubscribe":{"code":2000""");
    }

    [Fact]
    public async Task Check_PresenceNoLongerAllowed_EndsTheJoinsThatWereAskedFor()
    {
        _namespaces.WithoutNamespace.AllowPresenceForSubscriber = true;
        var client = Client("7", Now);
        await SubscribeAsync(client, "asked", Grant.ByOptions with { AskedForJoinLeave = true }, receivesJoinLeave: true);
        await SubscribeAsync(client, "forced", receivesJoinLeave: true);
        await _live.CheckAllAsync();
        await client.ExpectNothingAsync();

        _namespaces.WithoutNamespace.AllowPresenceForSubscriber = false;
        await _live.CheckAllAsync();

        await client.ExpectAsync("""{"push":{"channel":"asked","unsubscribe":{"code":2500""");
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Check_AnonymousNoLongerAllowed_ClosesWhoIsUnproven()
    {
        _options.AllowAnonymous = true;
        var unproven = Client("", Now, unproven: true);
        var proven = Client("", Now);
        await _live.CheckAllAsync();
        await unproven.ExpectNothingAsync();

        _options.AllowAnonymous = false;
        await _live.CheckAllAsync();

        await unproven.ExpectAsync("close 3507 permission denied");
        await proven.ExpectNothingAsync();
    }

    [Fact]
    public async Task Wake_ManyTimes_ChecksWithoutAnybodyWaiting()
    {
        var client = Client("7", Now.AddSeconds(-1));
        await _live.StartAsync(CancellationToken.None);
        _revocations.Add([new Revocation { User = "7", IssuedBefore = Now }]);

        for (var i = 0; i < 100; i++)
        {
            _live.Wake();
        }

        await client.ExpectAsync("close 3014 state invalidated");
        await _live.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _live.Dispose();
        _gateway.Dispose();
    }

    private TestClient Client(string user, DateTimeOffset issuedAt, string session = "", bool unproven = false)
    {
        var client = _gateway.Connect(user);
        client.Connection.Refreshed(new ClientIdentity { User = user, IssuedAt = issuedAt, Session = session, IsUnproven = unproven });
        _connections.Add(client.Connection);
        return client;
    }

    private static async Task SubscribeAsync(TestClient client, string channel, Grant? grant = null, bool receivesJoinLeave = false)
    {
        var traits = new SubscriptionTraits { ReceivesJoinLeave = receivesJoinLeave };
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(traits, channel: channel, grant: grant));
        await client.ExpectAsync("subscribe");
    }
}
