using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Sdk;

/// <summary>
/// The published JavaScript SDK on the two gateways of a cluster. What happens is in node/scenarios, one file each, and
/// every scenario runs in both encodings.
/// </summary>
[Collection(SharedCluster.Collection)]
public sealed class SdkTests(SharedCluster shared)
{
    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Publish_BetweenGateways_ReachesBoth(string protocol) => RunAsync("publish", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Publish_WithoutHistory_HasNoOffset(string protocol) => RunAsync("plain", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Publish_HundredChannels_KeepTheirOrder(string protocol) => RunAsync("many-channels", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Publish_SameIdempotencyKey_PublishesOnce(string protocol) => RunAsync("idempotency", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Recovery_OntoTheOtherGateway_LosesAndRepeatsNothing(string protocol) => RunAsync("recovery", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Recovery_WhilePublishing_LosesAndRepeatsNothing(string protocol) => RunAsync("recovery-while-publishing", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Recovery_MoreMissedThanKept_IsAnnounced(string protocol) => RunAsync("recovery-impossible", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Recovery_CacheMode_GivesTheLatest(string protocol) => RunAsync("cache", protocol);

    [Fact]
    public Task Explain_OnAnyGateway_TellsWhatBecameOfPublications() => RunAsync("explain", "json");

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Presence_BetweenGateways_ShowsAll(string protocol) => RunAsync("presence", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task JoinLeave_BetweenGateways_ArePushed(string protocol) => RunAsync("join-leave", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Subscribe_WithWishes_GetsWhatIsAllowed(string protocol) => RunAsync("wishes", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Subscribe_NotPermitted_IsRefusedWithItsCode(string protocol) => RunAsync("permissions", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task History_FromTheOtherGateway_IsReadByLimitPositionAndDirection(string protocol) => RunAsync("history", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task ServerSubscriptions_FromTokenAndApi_DeliverAndRecover(string protocol) => RunAsync("server-subscriptions", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task ServerSubscriptions_WithOptions_CarryDataAndInfo(string protocol) => RunAsync("server-subscription-options", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Unsubscribe_ByTheApi_EndsItOnEveryGateway(string protocol) => RunAsync("api-unsubscribe", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Disconnect_ByTheApi_EndsAllConnectionsOfTheUser(string protocol) => RunAsync("disconnect-user", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Connect_OverTheUsersLimit_IsRefusedAcrossGateways(string protocol) => RunAsync("connection-limit", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Connect_ExpiringToken_IsRefreshed(string protocol) => RunAsync("connection-tokens", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Subscribe_PrivateChannel_NeedsItsToken(string protocol) => RunAsync("subscription-tokens", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Delta_Fossil_GivesTheSamePublications(string protocol) => RunAsync("delta", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task TagsFilter_ShowsWhatMatches(string protocol) => RunAsync("tags-filter", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Derived_PhoneDeskAndSampler_ShareAChannel(string protocol) => RunAsync("derived", protocol);

    [Fact]
    public Task Adaptive_SlowReader_GetsTheNewestAndLaterEverythingAgain() => RunAsync("adaptive", "json");

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task RpcAndSend_WithoutHandlers_AreRefused(string protocol) => RunAsync("rpc-and-send", protocol);

    private Task RunAsync(string scenario, string protocol) => Script.RunNodeAsync(scenario, shared.Cluster.ScriptSettings(protocol));
}
