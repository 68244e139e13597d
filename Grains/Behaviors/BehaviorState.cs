using Microsoft.Extensions.Logging;
using WsCluster.Behaviors;
using WsCluster.Grains.History;

namespace WsCluster.Grains.Behaviors;

/// <summary>
/// Keeps a behavior's state at the end of its stream: brings it there from the last snapshot, takes in what is published, and saves
/// snapshots. What it includes is always a whole beginning of the stream: publications 1 to <see cref="Position"/>.
/// </summary>
internal sealed class BehaviorState(
    string channel, ChannelBehavior behavior, BehaviorOptions options, int historySize, GrainMetrics metrics, ILogger logger)
{
    private const int PageSize = 500;

    private readonly int _saveEvery = Math.Max(1, Math.Min(options.SnapshotEvery, historySize / 2));
    private ulong _savedUpTo;

    /// <summary>What the state includes.</summary>
    public StreamPosition Position { get; private set; } = StreamPosition.None;

    /// <summary>True when it is time to save a snapshot.</summary>
    public bool IsDue => Position.Offset - _savedUpTo >= (ulong)_saveEvery;

    /// <summary>True when some publications are in no snapshot.</summary>
    public bool IsUnsaved => Position.Offset > _savedUpTo;

    /// <summary>True when history would soon no longer suffice to replay what no snapshot has.</summary>
    public bool IsInDanger => Position.Offset - _savedUpTo >= (ulong)Math.Max(1, historySize - Math.Max(1, historySize / 8));

    /// <summary>Brings the state to the top of the stream.</summary>
    /// <param name="stream">The stream; nothing is being appended to it.</param>
    /// <param name="known">A snapshot that is at hand, or null for the stream's own, if it keeps one.</param>
    public async ValueTask RestoreAsync(IChannelStream stream, StreamSnapshot? known)
    {
        var top = await stream.GetTopAsync();
        if (!behavior.HasState)
        {
            Position = top;
            return;
        }

        var snapshot = known ?? (stream is ISnapshotStream keeper ? await keeper.ReadSnapshotAsync() : null);
        behavior.ReadState(snapshot?.State);
        _savedUpTo = snapshot?.Offset ?? 0;
        var offset = _savedUpTo;
        while (offset < top.Offset)
        {
            var page = await stream.ReadAfterAsync(offset, PageSize);
            var first = page.Publications.Count == 0 ? top.Offset + 1 : page.Publications[0].Offset;
            if (first > offset + 1)
            {
                BehaviorLog.Incomplete(logger, channel, offset + 1, first - 1);
                metrics.BehaviorFailed("incomplete");
                offset = first - 1;
            }

            foreach (var publication in page.Publications.Where(publication => publication.Offset <= top.Offset))
            {
                Apply(publication);
                offset = publication.Offset;
            }
        }

        Position = top;
    }

    /// <summary>Takes in the publication that follows.</summary>
    public void Include(string epoch, Publication publication)
    {
        if (behavior.HasState)
        {
            Apply(publication);
        }

        Position = new StreamPosition(publication.Offset, epoch);
    }

    /// <summary>The state as it is now, to go on with elsewhere; null when there is none.</summary>
    public StreamSnapshot? Take() => behavior.HasState ? new StreamSnapshot(Position.Offset, behavior.WriteState()) : null;

    /// <summary>Saves a snapshot where the stream keeps them. All of it must have its place in the stream. A failure is logged, and made good by the next one.</summary>
    public async ValueTask SaveAsync(IChannelStream stream)
    {
        if (stream is not ISnapshotStream keeper || !behavior.HasState || !IsUnsaved)
        {
            return;
        }

        try
        {
            var snapshot = Take()!;
            if (snapshot.State.Length > options.MaxStateBytes)
            {
                BehaviorLog.NotSaved(logger, channel, $"it has {snapshot.State.Length} bytes, more than WsCluster:Behaviors:MaxStateBytes.");
                metrics.BehaviorFailed("size");
                return;
            }

            await keeper.WriteSnapshotAsync(snapshot);
            _savedUpTo = snapshot.Offset;
        }
        catch (Exception e)
        {
            BehaviorLog.NotSaved(logger, channel, e.Message);
            metrics.BehaviorFailed("save");
        }
    }

    private void Apply(Publication publication)
    {
        try
        {
            behavior.Include(publication);
        }
        catch (Exception e)
        {
            BehaviorLog.NotApplied(logger, channel, publication.Offset, e); // it does the same in every replay
            metrics.BehaviorFailed("apply");
        }
    }
}
