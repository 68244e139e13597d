using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using WsCluster.Grains.Hosting;
using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

/// <summary>Application code in the silos that decides about channels.</summary>
public sealed class ChannelAuthorizerTests : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    private IAuthorizationGrain Grain => _cluster.Client.GetGrain<IAuthorizationGrain>(1);

    public async ValueTask InitializeAsync()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["WsCluster:Authorizer:Timeout"] = "00:00:00.500" };
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddWsClusterGrains(configuration);
            silo.Services.AddChannelAuthorizer<Authorizer>();
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Decisions_CrossTheCluster()
    {
        var yes = await Grain.MaySubscribeAsync(Subscribe("yes"));
        Assert.Null(yes.Denial);
        Assert.Equal([7], yes.Options.ChanInfo);

        var no = await Grain.MaySubscribeAsync(Subscribe("no"));
        Assert.Equal(new Denial { Code = 1000, Reason = "not today" }, no.Denial);

        var publish = await Grain.MayPublishAsync(new PublishAttempt { Channel = "yes", Caller = Caller, Data = [1], IsSubscribed = true });
        Assert.Equal([2], publish.Instead!.Data);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("hangs")]
    [InlineData("hangs and ignores the token")]
    public async Task NoDecision_IsATemporaryErrorAndNeverAYes(string channel)
    {
        var refused = await Assert.ThrowsAsync<WsClusterException>(() => Grain.MaySubscribeAsync(Subscribe(channel)));

        Assert.Equal(ErrorCode.Internal, refused.Code);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    private static Caller Caller => new() { Info = new ClientInfo { User = "7", Client = "c" }, Session = "s", Meta = [3] };

    private static SubscribeAttempt Subscribe(string channel) => new() { Channel = channel, Caller = Caller, Data = [] };

    private sealed class Authorizer : IChannelAuthorizer
    {
        public async Task<SubscribeDecision> MaySubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken)
        {
            switch (attempt.Channel)
            {
                case "throws":
                    throw new InvalidOperationException("a secret");
                case "hangs":
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    break;
                case "hangs and ignores the token":
                    await new TaskCompletionSource().Task;
                    break;
                case "no":
                    return new SubscribeDecision { Denial = new Denial { Code = 1000, Reason = "not today" } };
            }

            return attempt.Caller is { Info.User: "7", Session: "s", Meta: [3] }
                ? new SubscribeDecision { Options = new SubscribeOptions { ChanInfo = [7] } }
                : SubscribeDecision.Deny;
        }

        public Task<PublishDecision> MayPublishAsync(PublishAttempt attempt, CancellationToken cancellationToken) =>
            Task.FromResult(new PublishDecision { Instead = new PublishRequest { Data = [(byte)(attempt.Data[0] + 1)] } });
    }
}
