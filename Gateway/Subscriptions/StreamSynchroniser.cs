using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Brings a channel to where its stream is: subscribes at the grain where that is needed, reads what was missed and delivers
/// it before what came meanwhile. One run at a time; <see cref="ChannelLink"/> sees to that, and repeats what failed.
/// </summary>
internal sealed class StreamSynchroniser(ChannelSubscribers channel, ChannelWay way, GatewayLane lane, RecoveryGate gate)
{
    private const int PageSize = 256;

    /// <summary>Subscribes this gateway with its whole member set, or repeats a subscription.</summary>
    public Task<ChannelAttachment> SubscribeAsync(IReadOnlyList<PresenceMember>? members, long number) =>
        way.SubscribeAsync(new GatewaySubscription { Lane = lane, Members = members, Number = number, FollowsRelays = true });

    /// <summary>
    /// Catches up with the stream; <paramref name="attachment"/> is what a subscription just said, or null. False when there
    /// is another gap: do it again.
    /// </summary>
    public async Task<bool> TryCatchUpAsync(ChannelAttachment? attachment)
    {
        var top = attachment?.Top ?? await ReadAsync();
        if (attachment is not null && channel.CanCatchUp(top))
        {
            top = await ReadAsync();
        }

        return channel.Synchronised(top, attachment?.Latest);
    }

    /// <summary>Reads and delivers page after page from where this gateway stands; returns the stream's newest position.</summary>
    private async Task<StreamPosition> ReadAsync()
    {
        while (true)
        {
            var page = await gate.ReadAsync(way, new RecoveryQuery { AfterOffset = channel.Position.Offset, Limit = PageSize });
            if (!channel.CatchUp(page) || page.Publications.Count < PageSize)
            {
                return page.Top;
            }
        }
    }
}
