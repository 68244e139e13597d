using System.Text.Json;
using WsCluster.Behaviors;

namespace WsCluster.Tests.Unit.Behaviors;

/// <summary>The behavior that the tests use: bids must rise until a reset, the auction closes by a timer, and misbehaves when told to.</summary>
internal sealed class AuctionRoom : ChannelBehavior<AuctionState>
{
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    public int Joined { get; private set; }

    protected override AuctionState Apply(AuctionState state, Publication publication)
    {
        var bid = Read(publication.Data);
        return bid.Text == "closed" ? state with { IsClosed = true }
            : bid.Text == "reset" ? state with { Price = 0 }
            : state with { Price = bid.Amount, Leader = publication.Info?.User ?? "", Bids = state.Bids + 1 };
    }

    protected internal override ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (!State.IsClosed)
        {
            Channel.StartTimer("close", Length);
        }

        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(attempt.Caller.Info.User == "banned"
            ? SubscribeDecision.Deny
            : new SubscribeDecision { Options = new SubscribeOptions { Data = StateAsJson() } });

    protected internal override async ValueTask<PublishDecision> DecidePublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var bid = Read(request.Data);
        switch (bid.Text)
        {
            case "throw":
                Channel.PublishJson(new Bid { Amount = 1 }); // must not come to be
                throw new InvalidOperationException("secret");
            case "hang":
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                break;
            case "double":
                Channel.PublishJson(new Bid { Amount = bid.Amount + 1 });
                break;
            case "flood":
                for (var i = 0; i < 1_000_000; i++)
                {
                    Channel.PublishJson(bid);
                }

                break;
        }

        if (bid.Text == "reset")
        {
            return PublishDecision.Allow;
        }

        if (State.IsClosed || bid.Amount <= State.Price)
        {
            return new PublishDecision { Denial = new Denial { Code = 409, Reason = State.IsClosed ? "closed" : "too low" } };
        }

        return bid.Text == "round"
            ? new PublishDecision { Instead = new PublishRequest { Data = JsonSerializer.SerializeToUtf8Bytes(bid with { Amount = bid.Amount / 10 * 10 }, JsonSerializerOptions.Web) } }
            : PublishDecision.Allow;
    }

    protected internal override ValueTask<CallAnswer> CallAsync(ChannelCall call, CancellationToken cancellationToken)
    {
        if (call.Method != "leader")
        {
            return ValueTask.FromResult(CallAnswer.UnknownMethod);
        }

        return ValueTask.FromResult(new CallAnswer { Data = JsonSerializer.SerializeToUtf8Bytes(State.Leader) });
    }

    protected internal override ValueTask JoinedAsync(ClientInfo info, CancellationToken cancellationToken)
    {
        Joined++;
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask LeftAsync(ClientInfo info, CancellationToken cancellationToken)
    {
        Joined--;
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask TimerAsync(string timer, CancellationToken cancellationToken)
    {
        Channel.PublishJson(new Bid { Text = "closed" });
        return ValueTask.CompletedTask;
    }

    private static Bid Read(byte[] data) => JsonSerializer.Deserialize<Bid>(data, JsonSerializerOptions.Web)!;
}

internal sealed record Bid
{
    public int Amount { get; init; }

    public string Text { get; init; } = "";
}

internal sealed record AuctionState
{
    public int Price { get; init; }

    public string Leader { get; init; } = "";

    public int Bids { get; init; }

    public bool IsClosed { get; init; }
}
