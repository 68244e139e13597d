using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsCluster.Configuration;
using WsCluster.Routing;

namespace WsCluster;

/// <summary>The cluster over grain calls: handles and questions that concern every gateway.</summary>
internal sealed class OrleansWsCluster(
    IGrainFactory grains, CallRetry retry, ILogger<OrleansWsCluster> logger, IDetour? detour = null) : IWsCluster
{
    private const int PublisherKeys = 64; // several for each silo: an attempt that failed takes another way, mostly

    public IChannelHandle Channel(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (InternalChannels.Find(name) is not null)
        {
            throw new WsClusterException(ErrorCode.UnknownChannel); // the cluster's own
        }

        return new ChannelHandle(name, grains, retry, detour);
    }

    public IUserHandle User(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length == 0 ? new AnonymousHandle(this) : new UserHandle(id, grains, retry, detour);
    }

    public async Task<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        IReadOnlyCollection<string> channels, PublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentNullException.ThrowIfNull(request);

        // All at once rather than in slices: with the cluster away a slice would wait out the retry deadline each.
        return await Task.WhenAll(channels.Select(channel => PublishOneAsync(channel, request, cancellationToken)));
    }

    public Task<AtomicPublishResult> PublishAtomicAsync(AtomicPublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!retry.IsOn)
        {
            return retry.OnceAsync(() => AtomicPublisher().PublishAsync(request), cancellationToken);
        }

        // The key must be there from the first attempt on: it is that attempt's outcome which nobody knows.
        var keyed = string.IsNullOrEmpty(request.IdempotencyKey) ? request with { IdempotencyKey = IdempotencyKeys.Next() } : request;
        return retry.RepeatAsync(() => AtomicPublisher().PublishAsync(keyed), cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, int>> GetChannelsAsync(string pattern = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var total = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var channels in await AskGatewaysAsync(gateway => gateway.GetChannelsAsync(pattern), cancellationToken))
        {
            foreach (var (channel, clients) in channels)
            {
                total[channel] = total.GetValueOrDefault(channel) + clients;
            }
        }

        return total;
    }

    public async Task<ListPage<ChannelDescription>> ListChannelsAsync(ListQuery query, CancellationToken cancellationToken = default)
    {
        GatewayLists.ThrowIfBad(query);
        return GatewayLists.Join(
            await AskGatewaysAsync(gateway => gateway.ListChannelsAsync(query), cancellationToken),
            query,
            channel => channel.Name,
            (left, right) => left with { Subscribers = left.Subscribers + right.Subscribers });
    }

    public async Task<ListPage<UserDescription>> ListUsersAsync(ListQuery query, CancellationToken cancellationToken = default)
    {
        GatewayLists.ThrowIfBad(query);
        return GatewayLists.Join(
            await AskGatewaysAsync(gateway => gateway.ListUsersAsync(query), cancellationToken),
            query,
            user => user.User,
            (left, right) => left with { Connections = left.Connections + right.Connections });
    }

    public async Task<ListPage<ConnectionDescription>> ListConnectionsAsync(ListQuery query, CancellationToken cancellationToken = default)
    {
        GatewayLists.ThrowIfBad(query);
        return GatewayLists.Join(
            await AskGatewaysAsync(gateway => gateway.ListConnectionsAsync(query), cancellationToken),
            query,
            connection => connection.Client,
            (left, _) => left);
    }

    public Task RevokeAsync(Revocation revocation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        return retry.RepeatAsync(() => grains.Find<IRevocationGrain>(IRevocationGrain.Key).RevokeAsync(revocation), cancellationToken);
    }

    public async Task<IReadOnlyList<GatewayDescription>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var gateways = await AskGatewaysAsync(gateway => gateway.DescribeAsync(), cancellationToken);
        return [.. gateways.OrderBy(gateway => gateway.GatewayId, StringComparer.Ordinal)];
    }

    /// <summary>Asks one grain something that a repeat does not harm.</summary>
    internal Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken) => retry.RepeatAsync(ask, cancellationToken);

    /// <summary>Asks all live gateways at once; those that fail or stay silent are logged and left out.</summary>
    internal async Task<IReadOnlyCollection<T>> AskGatewaysAsync<T>(Func<IGatewayControl, Task<T>> ask, CancellationToken cancellationToken)
    {
        var gateways = await retry.RepeatAsync(
            () => grains.Find<IGatewayDirectoryGrain>(IGatewayDirectoryGrain.Key).GetGatewaysAsync(), cancellationToken);
        var answers = new ConcurrentBag<T>();
        await Task.WhenAll(gateways.Select(async gateway =>
        {
            try
            {
                answers.Add(await retry.OnceAsync(() => ask(gateway.Control), cancellationToken));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                ClientLog.GatewaySilent(logger, gateway.GatewayId, exception.Message);
            }
        }));
        return answers;
    }

    private IAtomicPublishGrain AtomicPublisher() => grains.Find<IAtomicPublishGrain>($"{Random.Shared.Next(PublisherKeys)}");

    private async Task<BroadcastResult> PublishOneAsync(string channel, PublishRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(channel))
        {
            return Failed(new WsClusterException(ErrorCode.BadRequest, "A channel needs a name."));
        }

        try
        {
            var position = await Channel(channel).PublishAsync(request, cancellationToken);
            return new BroadcastResult { Channel = channel, Position = position };
        }
        catch (WsClusterException exception)
        {
            return Failed(exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            ClientLog.BroadcastFailed(logger, channel, exception);
            return Failed(new WsClusterException(ErrorCode.Internal, ErrorCode.Internal.Message(), exception));
        }

        BroadcastResult Failed(WsClusterException error) => new() { Channel = channel, Position = StreamPosition.None, Error = error };
    }
}
