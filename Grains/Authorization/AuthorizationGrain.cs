using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using WsCluster.Routing;

namespace WsCluster.Grains.Authorization;

/// <summary>Asks the application's authorizer, and makes sure that nothing but its yes is a yes.</summary>
[StatelessWorker, Reentrant]
internal sealed class AuthorizationGrain(
    IEnumerable<IChannelAuthorizer> authorizers, IOptions<AuthorizerOptions> options, TimeProvider time, ILogger<AuthorizationGrain> logger)
    : Grain, IAuthorizationGrain
{
    private readonly IChannelAuthorizer? _authorizer = authorizers.LastOrDefault();

    public Task<SubscribeDecision> MaySubscribeAsync(SubscribeAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return AskAsync(attempt.Channel, (authorizer, cancellationToken) => authorizer.MaySubscribeAsync(attempt, cancellationToken));
    }

    public Task<PublishDecision> MayPublishAsync(PublishAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return AskAsync(attempt.Channel, (authorizer, cancellationToken) => authorizer.MayPublishAsync(attempt, cancellationToken));
    }

    private async Task<T> AskAsync<T>(string channel, Func<IChannelAuthorizer, CancellationToken, Task<T>> ask)
    {
        if (_authorizer is null)
        {
            AuthorizerLog.Missing(logger, channel);
            throw new WsClusterException(ErrorCode.NotAvailable, "No IChannelAuthorizer is registered in this silo.");
        }

        using var patience = new CancellationTokenSource(options.Value.Timeout, time);
        try
        {
            return await ask(_authorizer, patience.Token).WaitAsync(patience.Token);
        }
        catch (Exception e)
        {
            AuthorizerLog.Failed(logger, channel, patience.IsCancellationRequested ? $"no answer within {options.Value.Timeout}" : e.Message, e);
            throw new WsClusterException(ErrorCode.Internal, "The authorizer did not decide.");
        }
    }
}
