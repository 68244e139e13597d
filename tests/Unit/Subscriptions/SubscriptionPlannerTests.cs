using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Subscriptions.Derived;
using WsCluster.Tests.Unit.Connections;

namespace WsCluster.Tests.Unit.Subscriptions;

/// <summary>Protocol §7.1: each test of the order breaks the rule that it is about and one that is checked later.</summary>
public sealed class SubscriptionPlannerTests : IDisposable
{
    private static readonly FilterNode Tags = new() { Key = "a", Cmp = "eq", Val = "b" };

    private readonly FakeTimeProvider _time = new();
    private readonly DeadlineClock _clock;
    private readonly Connection _connection;
    private readonly GatewayOptions _gateway = new() { MaxChannelsPerConnection = 2 };
    private readonly ChannelOptions _channel = new() { AllowSubscribeForClient = true };
    private readonly FakeTokens _tokens = new();
    private readonly RevocationList _revocations;
    private readonly SubscriptionPlanner _planner;

    public SubscriptionPlannerTests()
    {
        _clock = new DeadlineClock(_time, NullLogger<DeadlineClock>.Instance);
        _connection = new Connection(new RecordingTransport(), ProtocolCodecs.Json, _gateway, _clock);
        _connection.Authenticated(new ClientIdentity { User = "7" });
        var namespaces = new FixedOptions<ChannelNamespaces>(new ChannelNamespaces { WithoutNamespace = _channel });
        var gateway = new FixedOptions<GatewayOptions>(_gateway);
        _revocations = new RevocationList(_time);
        var access = new ChannelAccess(gateway, _revocations);
        _planner = new SubscriptionPlanner(
            new ChannelRules(namespaces, gateway), namespaces, gateway, access, new SubscribeAccess(_tokens, access, authorizer: null!, proxy: null!, _time), _time);
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    [Theory]
    [InlineData("", "")]
    [InlineData("c", "other")]
    [InlineData("c", "Fossil")]
    public async Task Plan_NoChannelOrUnknownDelta_Disconnects(string channel, string delta)
    {
        Reserve("c");

        await RefusedAsync(DisconnectCode.BadRequest, new SubscribeRequest { Channel = channel, Delta = delta });
    }

    [Fact]
    public async Task Plan_TooLong_ComesBeforeTheConnectionsState()
    {
        var channel = new string('c', 256);
        Reserve(channel);
        Reserve("b");

        await RefusedAsync(ErrorCode.BadRequest, new SubscribeRequest { Channel = channel });
    }

    [Fact]
    public async Task Plan_SubscribedAlready_ComesBeforeTheLimit()
    {
        Reserve("missing:c");
        Reserve("b");

        await RefusedAsync(ErrorCode.AlreadySubscribed, new SubscribeRequest { Channel = "missing:c" });
    }

    [Fact]
    public async Task Plan_LimitReached_ComesBeforeTheNamespace()
    {
        Reserve("a");
        Reserve("b");

        await RefusedAsync(ErrorCode.LimitExceeded, new SubscribeRequest { Channel = "missing:c" });
        await RefusedAsync(ErrorCode.LimitExceeded, new SubscribeRequest { Channel = "\u00e9" });
    }

    [Fact]
    public async Task Plan_BadName_ComesBeforeTheType()
    {
        await RefusedAsync(ErrorCode.UnknownChannel, new SubscribeRequest { Channel = "missing:c", Type = 1 });
        await RefusedAsync(ErrorCode.BadRequest, new SubscribeRequest { Channel = "\u00e9", Type = 1 });
    }

    [Fact]
    public async Task Plan_OtherType_ComesBeforeTheToken()
    {
        _tokens.Add("expired", TokenStatus.Expired, Token("c"));

        await RefusedAsync(ErrorCode.PermissionDenied, new SubscribeRequest { Channel = "c", Type = 1, Token = "expired" });
    }

    [Fact]
    public async Task Plan_NotPermitted_ComesBeforeTheFilter()
    {
        _channel.AllowSubscribeForClient = false;
        _tokens.Add("expired", TokenStatus.Expired, Token("c"));

        await RefusedAsync(ErrorCode.PermissionDenied, new SubscribeRequest { Channel = "c", Tf = Tags });
        await RefusedAsync(ErrorCode.PermissionDenied, new SubscribeRequest { Channel = "c", Tf = Tags, Token = "forged" });
        await RefusedAsync(ErrorCode.TokenExpired, new SubscribeRequest { Channel = "c", Tf = Tags, Token = "expired" });
    }

    [Fact]
    public async Task Plan_TokenForSomethingElse_Disconnects()
    {
        _tokens.Add("channel", TokenStatus.Valid, Token("other"));
        _tokens.Add("user", TokenStatus.Valid, Token("c", user: "8"));
        _tokens.Add("anonymous", TokenStatus.Valid, Token("c", user: ""));
        _tokens.Add("client", TokenStatus.Valid, Token("c", client: "other"));

        foreach (var token in new[] { "channel", "user", "anonymous", "client" })
        {
            await RefusedAsync(DisconnectCode.InvalidToken, new SubscribeRequest { Channel = "c", Tf = Tags, Token = token });
        }
    }

    [Fact]
    public async Task Plan_FilterNotAllowedOrMalformed_ComesBeforeTheExpiry()
    {
        _tokens.Add("over", TokenStatus.Valid, Token("c", options: new SubscribeOptions { ExpireAt = Now }));
        await RefusedAsync(ErrorCode.BadRequest, new SubscribeRequest { Channel = "c", Token = "over", Tf = Tags });

        _channel.AllowTagsFilter = true;
        await RefusedAsync(ErrorCode.BadRequest, new SubscribeRequest { Channel = "c", Token = "over", Tf = new FilterNode { Op = "nor" } });
        await RefusedAsync(ErrorCode.Expired, new SubscribeRequest { Channel = "c", Token = "over", Tf = Tags });
    }

    [Fact]
    public async Task Plan_PrivateChannel_NeedsAToken()
    {
        _tokens.Add("good", TokenStatus.Valid, Token("$c", client: _connection.Id));

        await RefusedAsync(ErrorCode.PermissionDenied, new SubscribeRequest { Channel = "$c" });
        Assert.True((await PlanAsync(new SubscribeRequest { Channel = "$c", Token = "good" })).ClientSideRefresh);
    }

    [Fact]
    public async Task Plan_TokenThatNobodyCanVerify_IsATemporaryError()
    {
        _tokens.Add("unknown", TokenStatus.Unverifiable, null);

        await RefusedAsync(ErrorCode.Internal, new SubscribeRequest { Channel = "c", Token = "unknown" });
    }

    [Fact]
    public async Task Plan_ChannelRevokedFromTheUser_NeedsAToken()
    {
        _tokens.Add("good", TokenStatus.Valid, Token("c"));
        _revocations.Add([new Revocation { User = "7", Channel = "c", IssuedBefore = Now }]);

        await RefusedAsync(ErrorCode.PermissionDenied, new SubscribeRequest { Channel = "c" });
        Assert.Equal(GrantBasis.Token, (await PlanAsync(new SubscribeRequest { Channel = "c", Token = "good" })).Grant.Basis);
        Assert.Equal(GrantBasis.Options, (await PlanAsync(new SubscribeRequest { Channel = "d" })).Grant.Basis);
    }

    [Fact]
    public async Task Plan_NoWishes_IsWhatTheNamespaceSays()
    {
        var plain = await PlanAsync(new SubscribeRequest { Channel = "c" });
        Assert.Equal(new SubscriptionTraits(), plain.Traits);
        Assert.Null(plain.RecoverFrom);
        Assert.False(plain.ClientSideRefresh);

        KeepHistory();
        _channel.Presence = _channel.JoinLeave = _channel.ForcePushJoinLeave = _channel.ForceRecovery = true;
        var full = await PlanAsync(new SubscribeRequest { Channel = "c" });

        Assert.Equal(
            new SubscriptionTraits { Presence = true, EmitsJoinLeave = true, ReceivesJoinLeave = true, Recoverable = true, Positioned = true },
            full.Traits);
    }

    [Fact]
    public async Task Plan_WishesNotPermitted_AreIgnored()
    {
        KeepHistory();
        _channel.JoinLeave = true;

        var plan = await PlanAsync(Everything());

        Assert.Equal(new SubscriptionTraits { EmitsJoinLeave = true }, plan.Traits);
        Assert.Null(plan.RecoverFrom);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Plan_WishesPermitted_AreOn(bool allowed, bool readsHistory)
    {
        KeepHistory();
        _channel.AllowRecovery = allowed;
        _channel.AllowHistoryForSubscriber = readsHistory;
        _channel.JoinLeave = _channel.AllowPresenceForSubscriber = true;
        _channel.AllowedDeltaTypes = ["fossil"];

        var plan = await PlanAsync(Everything());

        Assert.Equal(
            new SubscriptionTraits { EmitsJoinLeave = true, ReceivesJoinLeave = true, Recoverable = true, Positioned = true, Delta = true },
            plan.Traits);
        Assert.Equal(new StreamPosition(5, "e"), plan.RecoverFrom);
        Assert.True(plan.RejectUnrecovered);
    }

    [Fact]
    public async Task Plan_AllowPositioning_IsNoRecovery()
    {
        KeepHistory();
        _channel.AllowPositioning = true;

        var plan = await PlanAsync(Everything());

        Assert.Equal(new SubscriptionTraits { Positioned = true }, plan.Traits);
    }

    [Fact]
    public async Task Plan_WithoutHistory_HasNoPosition()
    {
        _channel.ForceRecovery = _channel.ForcePositioning = _channel.AllowRecovery = true;

        Assert.Equal(new SubscriptionTraits(), (await PlanAsync(Everything())).Traits);
    }

    [Fact]
    public async Task Plan_JoinLeaveWish_NeedsJoinLeaveInTheChannel()
    {
        _channel.AllowPresenceForClient = true;

        Assert.False((await PlanAsync(Everything())).Traits.ReceivesJoinLeave);
    }

    [Fact]
    public async Task Plan_TokenOverrides_ReplaceTheNamespace()
    {
        KeepHistory();
        _channel.Presence = _channel.JoinLeave = _channel.ForcePushJoinLeave = _channel.ForceRecovery = _channel.ForcePositioning = true;
        var off = new SubscribeOptions
        {
            Presence = false,
            JoinLeave = false,
            ForcePushJoinLeave = false,
            ForceRecovery = false,
            ForcePositioning = false,
        };
        var granted = new SubscribeOptions { ChanInfo = [1], Data = [2], ExpireAt = Now + TimeSpan.FromMinutes(1), ForcePositioning = true, ForceRecovery = false };
        _tokens.Add("off", TokenStatus.Valid, Token("c", options: off));
        _tokens.Add("granted", TokenStatus.Valid, Token("c", options: granted));

        Assert.Equal(new SubscriptionTraits(), (await PlanAsync(new SubscribeRequest { Channel = "c", Token = "off" })).Traits);
        var plan = await PlanAsync(new SubscribeRequest { Channel = "c", Token = "granted" });

        Assert.True(plan.Traits is { Positioned: true, Recoverable: false, Presence: true });
        Assert.Equal((granted.ChanInfo, granted.Data, granted.ExpireAt), (plan.ChanInfo, plan.Data, plan.ExpireAt));
    }

    [Fact]
    public async Task Plan_AutoCacheRecover_RecoversUnasked()
    {
        KeepHistory();
        _channel.ForceRecovery = _channel.AutoCacheRecover = true;
        Assert.Null((await PlanAsync(new SubscribeRequest { Channel = "c" })).RecoverFrom);

        _channel.ForceRecoveryMode = RecoveryMode.Cache;

        Assert.Equal(StreamPosition.None, (await PlanAsync(new SubscribeRequest { Channel = "c" })).RecoverFrom);
    }

    [Fact]
    public async Task Plan_Filter_IsKept()
    {
        _channel.AllowTagsFilter = true;

        var plan = await PlanAsync(new SubscribeRequest { Channel = "c", Tf = Tags });

        Assert.True(plan.Traits.Filter!.Matches(new Dictionary<string, string> { ["a"] = "b" }));
        Assert.False(plan.Traits.Filter!.Matches(null));
    }

    [Fact]
    public void PlanListed_NotPermitted_IsLeftOut()
    {
        Assert.Equal(ErrorCode.None, _planner.PlanListed("7", "$c", new SubscribeRequest(), out var secret));
        Assert.Equal(ErrorCode.UnknownChannel, _planner.PlanListed("7", "missing:c", new SubscribeRequest(), out var unknown));
        Assert.Equal(ErrorCode.None, _planner.PlanListed("7", "c", new SubscribeRequest { Delta = "other" }, out var open));

        Assert.Null(secret);
        Assert.Null(unknown);
        Assert.Equal("c", open!.Channel);
    }

    [Fact]
    public void PlanServerSide_Channel_NeedsNoPermission()
    {
        _channel.AllowSubscribeForClient = false;
        KeepHistory();
        _channel.ForceRecovery = true;

        var plan = _planner.PlanServerSide("$c", new SubscribeOptions { Presence = true }, new StreamPosition(5, "e"));

        Assert.True(plan!.Traits.Presence);
        Assert.Equal(new StreamPosition(5, "e"), plan.RecoverFrom);
        Assert.Null(_planner.PlanServerSide("$c", new SubscribeOptions(), recoverFrom: null)!.RecoverFrom);
        Assert.Null(_planner.PlanServerSide("missing:c", new SubscribeOptions(), recoverFrom: null));
    }

    public void Dispose() => _clock.Dispose();

    [Fact]
    public async Task Plan_AdaptiveNamespace_IsForThoseWithoutAPosition()
    {
        KeepHistory();
        _channel.AllowRecovery = true;
        _channel.AllowedDeltaTypes = ["fossil"];
        _channel.Delivery = ChannelDelivery.Adaptive;
        var adaptive = new Derivation.Latest(_channel.ConflationInterval, WhileSlow: true);

        var phone = await PlanAsync(new SubscribeRequest { Channel = "c", Delta = "fossil" });
        var desk = await PlanAsync(new SubscribeRequest { Channel = "c", Recoverable = true });
        var bySilentServer = _planner.PlanServerSide("c", new SubscribeOptions(), recoverFrom: null)!;

        Assert.Equal(new SubscriptionTraits { Derivation = adaptive }, phone.Traits);
        Assert.Equal(new SubscriptionTraits { Positioned = true, Recoverable = true }, desk.Traits);
        Assert.Equal(adaptive, bySilentServer.Traits.Derivation);
    }

    [Fact]
    public async Task Plan_ChosenDelivery_TakesThePositionAway()
    {
        KeepHistory();
        _channel.ForceRecovery = true;
        _channel.AllowDeliveryChoice = true;

        var sample = await PlanAsync(Asking("""{"delivery":"sample","of":4}"""));
        var everything = await PlanAsync(Asking("""{"delivery":"everything"}"""));

        Assert.Equal(new SubscriptionTraits { Derivation = new Derivation.Sample(4) }, sample.Traits);
        Assert.Null(sample.RecoverFrom);
        Assert.Equal(new SubscriptionTraits { Positioned = true, Recoverable = true }, everything.Traits);
        await RefusedAsync(ErrorCode.BadRequest, Asking("""{"delivery":"by drone"}"""));
    }

    private static SubscribeRequest Asking(string data)
    {
        var request = Everything();
        (request.Delta, request.JoinLeave, request.Data) = ("", false, Google.Protobuf.ByteString.CopyFromUtf8(data));
        return request;
    }

    private static SubscribeRequest Everything() => new()
    {
        Channel = "c",
        Positioned = true,
        Recoverable = true,
        JoinLeave = true,
        Delta = "fossil",
        Recover = true,
        Offset = 5,
        Epoch = "e",
        Flag = 3,
    };

    private static SubscriptionToken Token(string channel, string user = "7", string client = "", SubscribeOptions? options = null) => new()
    {
        Channel = channel,
        User = user,
        Client = client,
        Options = options ?? new SubscribeOptions(),
    };

    private void KeepHistory() => (_channel.HistorySize, _channel.HistoryTtl) = (10, TimeSpan.FromMinutes(1));

    private void Reserve(string channel) => Assert.True(_connection.TryReserve(
        new Subscription(_connection, channel, serverSide: false) { Traits = new SubscriptionTraits(), Expiry = new NoExpiry() }, out _));

    private async Task<SubscriptionPlan> PlanAsync(SubscribeRequest request)
    {
        var (refusal, plan) = await _planner.PlanAsync(_connection, request);
        Assert.True(refusal.IsNone);
        return plan!;
    }

    private async Task RefusedAsync(Refusal expected, SubscribeRequest request)
    {
        var (refusal, plan) = await _planner.PlanAsync(_connection, request);
        Assert.Equal(expected, refusal);
        Assert.Null(plan);
    }

    private sealed class NoExpiry : ISubscriptionExpiry
    {
        public void Expired(Subscription subscription)
        {
        }
    }

    /// <summary>Knows the tokens that it was told of; others are invalid.</summary>
    private sealed class FakeTokens : ITokenVerifier
    {
        private readonly Dictionary<string, TokenResult<SubscriptionToken>> _known = [];

        public void Add(string text, TokenStatus status, SubscriptionToken? claims) => _known.Add(text, new(status, claims));

        public ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token) => throw new NotSupportedException();

        public ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token) =>
            ValueTask.FromResult(_known.TryGetValue(token, out var result) ? result : TokenResult<SubscriptionToken>.Invalid);
    }
}
