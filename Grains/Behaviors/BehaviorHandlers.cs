using System.Diagnostics.CodeAnalysis;

namespace WsCluster.Grains.Behaviors;

/// <summary>
/// Calls a behavior's handlers, so that whatever they do ends in time and as something the channel or user can go on with. The caller
/// has the turn.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing to dispose of.")]
internal sealed class BehaviorHandlers<TBehavior>(
    TBehavior behavior, BehaviorOptions options, Action giveUp, TimeProvider time, GrainMetrics metrics, BehaviorFaultLog log)
    where TBehavior : class
{
    private readonly CancellationTokenSource _patience = new(); // cancelled once, when the instance is given up

    /// <summary>The behavior.</summary>
    public TBehavior Behavior => behavior;

    /// <summary>True once a handler took too long: it may still be running, so no other one may run.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Runs a handler that answers. What it needs is an argument, so that the way of a publication makes no closure.</summary>
    /// <exception cref="WsClusterException">It threw, took too long, or the instance had been given up.</exception>
    public async ValueTask<T> AskAsync<TArgument, T>(
        string handler, Func<TBehavior, TArgument, CancellationToken, ValueTask<T>> ask, TArgument argument)
    {
        if (IsGivenUp)
        {
            throw BehaviorFailure.GivenUp();
        }

        try
        {
            var answer = ask(behavior, argument, _patience.Token);
            return answer.IsCompletedSuccessfully ? answer.Result : await WaitAsync(handler, answer.AsTask());
        }
        catch (Exception e) when (!IsGivenUp)
        {
            if (e is not WsClusterException)
            {
                log.Threw(handler, e);
                metrics.BehaviorFailed("threw");
            }

            throw BehaviorFailure.Thrown(e);
        }
    }

    /// <summary>Runs a handler that answers, where a closure costs nothing that counts.</summary>
    /// <exception cref="WsClusterException">As above.</exception>
    public ValueTask<T> AskAsync<T>(string handler, Func<TBehavior, CancellationToken, ValueTask<T>> ask) =>
        AskAsync(handler, static (target, ask, cancellationToken) => ask(target, cancellationToken), ask);

    /// <summary>Runs a handler that answers nobody. False when it failed, which is logged.</summary>
    public async ValueTask<bool> RunAsync(string handler, Func<TBehavior, CancellationToken, ValueTask> run)
    {
        try
        {
            return await AskAsync(handler, static async (target, run, cancellationToken) =>
            {
                await run(target, cancellationToken);
                return true;
            }, run);
        }
        catch (WsClusterException)
        {
            return false;
        }
    }

    private async Task<T> WaitAsync<T>(string handler, Task<T> answer)
    {
        if (answer.IsCompleted)
        {
            return await answer;
        }

        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var link = limit.Token.UnsafeRegister(static patience => ((CancellationTokenSource)patience!).Cancel(), _patience);
        try
        {
            return await answer.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            IsGivenUp = true;
            _ = answer.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            log.TookTooLong(handler, options.Timeout);
            metrics.BehaviorFailed("timeout");
            giveUp();
            throw BehaviorFailure.GivenUp();
        }
    }
}
