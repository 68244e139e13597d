using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Routing;

namespace WsCluster.Grains.Revocations;

/// <summary>
/// Keeps the cluster's revocations: in memory for the gateways that ask, in the store for its own next activation. While
/// silos change, two activations may live for a moment, and what the other took in is only in the store: so it looks there
/// now and then whether it has everything.
/// </summary>
internal sealed class RevocationGrain(
    IRevocationStore store, IOptions<RevocationOptions> options, TimeProvider time, GrainMetrics metrics, ILogger<RevocationGrain> logger) : Grain, IRevocationGrain
{
    private static readonly TimeSpan CompareEvery = TimeSpan.FromSeconds(20);

    private RevocationLog? _log; // null before it was loaded

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(CompareAsync, new GrainTimerCreationOptions(CompareEvery, CompareEvery));
        return Task.CompletedTask;
    }

    public async Task RevokeAsync(Revocation revocation)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        if (Encoding.UTF8.GetByteCount(revocation.User + revocation.Session + revocation.Channel) > Revocation.MaxBytes)
        {
            throw new WsClusterException(ErrorCode.BadRequest, $"User, session and channel have at most {Revocation.MaxBytes} bytes together.");
        }

        if (revocation is { User.Length: 0, Session.Length: 0, Channel.Length: 0, IssuedBefore: null })
        {
            throw new WsClusterException(ErrorCode.BadRequest, "Everybody's tokens are revoked only before a time that is given.");
        }

        var complete = Complete(revocation);
        if (complete.KeepUntil <= time.GetUtcNow())
        {
            return;
        }

        if (!(await LoadedAsync()).HasRoom())
        {
            RevocationLogMessages.Full(logger, options.Value.MaxCount);
            metrics.LimitHit("revocations");
            throw new WsClusterException(ErrorCode.LimitExceeded, $"There are {options.Value.MaxCount} revocations already.");
        }

        await store.AddAsync(complete);
        (await LoadedAsync()).TryAdd(complete); // read again: it may have been loaded anew meanwhile, and then has it twice, which is harmless
        RevocationLogMessages.Revoked(logger, complete.User, complete.Session, complete.Channel);
    }

    public async Task<RevocationPage> ReadAsync(Guid log, long after) => (await LoadedAsync()).Read(log, after);

    private Revocation Complete(Revocation revocation)
    {
        var now = time.GetUtcNow();
        return revocation with
        {
            IssuedBefore = revocation.IssuedBefore ?? (revocation.Session.Length > 0 ? DateTimeOffset.MaxValue : now),
            KeepUntil = revocation.KeepUntil ?? now + options.Value.Keep,
        };
    }

    private async Task<RevocationLog> LoadedAsync()
    {
        if (_log is null)
        {
            var kept = await store.LoadAsync();
            if (_log is null) // a read may have interleaved
            {
                // All of them, whatever the limit says now: what was revoked stays revoked.
                var log = new RevocationLog(Math.Max(options.Value.MaxCount, kept.Count), time);
                foreach (var revocation in kept)
                {
                    log.TryAdd(revocation);
                }

                _log = log;
            }
        }

        return _log;
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_log is { } log && await store.CountAsync() > log.Count)
            {
                _log = null; // the next read loads it anew, and gateways see by its id that they must begin anew
            }
        }
        catch (WsClusterException e)
        {
            RevocationLogMessages.NotCompared(logger, e.Message);
        }
    }
}
