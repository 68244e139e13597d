using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>What publishers wrote down: publications whose outcome is settled, and how many were never tried.</summary>
internal sealed class PublishLog
{
    private readonly Lock _sync = new();
    private List<PublishRecord> _records = [];
    private List<SetRecord> _sets = [];
    private long _skipped;

    /// <summary>Publications that were due while too many were under way: the load was less than asked for.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    public void Add(PublishRecord record)
    {
        lock (_sync)
        {
            _records.Add(record);
        }
    }

    public void Add(SetRecord set)
    {
        lock (_sync)
        {
            _sets.Add(set);
        }
    }

    public void Skip() => Interlocked.Increment(ref _skipped);

    /// <summary>Hands over the records since the last time.</summary>
    public List<PublishRecord> Drain()
    {
        lock (_sync)
        {
            var records = _records;
            _records = [];
            return records;
        }
    }

    /// <summary>Hands over the atomic sets since the last time.</summary>
    public List<SetRecord> DrainSets()
    {
        lock (_sync)
        {
            var sets = _sets;
            _sets = [];
            return sets;
        }
    }
}
