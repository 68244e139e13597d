using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Tells a channel's grain which of this gateway's connections come and go. One call is in flight; changes that come
/// meanwhile travel together in the next, so that a storm of joins costs few calls.
/// </summary>
internal sealed class PresenceReporter(ChannelLink link, ChannelWay way, string channel, ChannelDirectory directory)
{
    private const int MaxChangesPerCall = 1000;

    /// <summary>
    /// Changes that may wait. One more join is refused, and its subscriber with it; the leaves that find no place are made good
    /// by telling the grain, in the end, who is still here.
    /// </summary>
    public const int MaxPending = 100_000;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, PresenceMember> _members = new(StringComparer.Ordinal); // guarded by _sync, like the fields below
    private List<(PresenceChange Change, TaskCompletionSource<bool> Done)> _changes = [];
    private bool _reporting;
    private bool _leavesLost;

    /// <summary>True when every change has been reported.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_sync)
            {
                return !_reporting;
            }
        }
    }

    /// <summary>All members of this gateway, for a new subscription; null when there are none.</summary>
    public IReadOnlyList<PresenceMember>? Snapshot()
    {
        lock (_sync)
        {
            return _members.Count == 0 ? null : [.. _members.Values];
        }
    }

    /// <summary>Reports a join. The task is true once the grain knows.</summary>
    public Task<bool> JoinAsync(PresenceMember member) => ReportAsync(new PresenceChange(member, Joined: true));

    /// <summary>Reports a leave. The task is true once the grain knows.</summary>
    public Task<bool> LeaveAsync(PresenceMember member) => ReportAsync(new PresenceChange(member, Joined: false));

    private Task<bool> ReportAsync(PresenceChange change)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sync)
        {
            if (_changes.Count >= MaxPending)
            {
                directory.Metrics.PresenceRefused();
                _leavesLost |= !change.Joined && _members.Remove(change.Member.Info.Client);
                return Task.FromResult(false);
            }

            if (change.Joined)
            {
                _members[change.Member.Info.Client] = change.Member;
            }
            else
            {
                _members.Remove(change.Member.Info.Client);
            }

            _changes.Add((change, done));
            directory.Metrics.PresencePending(1);
            if (!_reporting)
            {
                _reporting = true;
                directory.Start(ReportChangesAsync);
            }
        }

        return done.Task;
    }

    private async Task ReportChangesAsync()
    {
        while (TakeChanges() is { } changes)
        {
            var known = await TryReportAsync(changes);
            foreach (var (_, done) in changes)
            {
                done.TrySetResult(known);
            }

            directory.Metrics.PresencePending(-changes.Count);
        }

        if (TakeLeavesLost())
        {
            link.Rebind(); // only now: a join that still waited would bring its member back
        }
    }

    private bool TakeLeavesLost()
    {
        lock (_sync)
        {
            var lost = _leavesLost;
            _leavesLost = false;
            return lost;
        }
    }

    /// <summary>When the channel's silo is lost and all members are told anew, nobody shall see these join a second time.</summary>
    private void MarkReported(List<(PresenceChange Change, TaskCompletionSource<bool> Done)> changes)
    {
        lock (_sync)
        {
            foreach (var (change, _) in changes)
            {
                var client = change.Member.Info.Client;
                if (change.Joined && _members.TryGetValue(client, out var member))
                {
                    _members[client] = member with { Reported = true };
                }
            }
        }
    }

    private List<(PresenceChange Change, TaskCompletionSource<bool> Done)>? TakeChanges()
    {
        lock (_sync)
        {
            if (_changes.Count == 0)
            {
                _reporting = false;
                return null;
            }

            var taken = _changes.Count <= MaxChangesPerCall ? _changes : _changes.GetRange(0, MaxChangesPerCall);
            _changes = _changes.Count <= MaxChangesPerCall ? [] : _changes.GetRange(MaxChangesPerCall, _changes.Count - MaxChangesPerCall);
            return taken;
        }
    }

    private async Task<bool> TryReportAsync(List<(PresenceChange Change, TaskCompletionSource<bool> Done)> changes)
    {
        var update = new PresenceUpdate
        {
            GatewayId = directory.Lanes.GatewayId,
            Incarnation = directory.Lanes.Incarnation,
            Changes = changes.ConvertAll(c => c.Change),
            Number = directory.NextSubscriptionNumber(),
        };
        try
        {
            if (await directory.Calls.RepeatAsync(() => way.UpdatePresenceAsync(update)))
            {
                MarkReported(changes);
                return true;
            }
        }
        catch (WsClusterException e) when (e.Code == ErrorCode.LimitExceeded)
        {
            // The channel is full and took what it could. Telling it all members again would find it as full.
            GatewayLog.PresenceNotReported(directory.Logger, channel, e.Message);
            return true;
        }
        catch (Exception e)
        {
            GatewayLog.PresenceNotReported(directory.Logger, channel, e.Message);
        }

        // The grain does not know this gateway (it moved) or is out of reach: a new subscription carries all members.
        link.Rebind();
        if (await link.EnsureAttachedAsync() != ErrorCode.None)
        {
            return false;
        }

        MarkReported(changes);
        return true;
    }
}
