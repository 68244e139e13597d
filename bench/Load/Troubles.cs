using System.Collections.Concurrent;

namespace WsCluster.Load;

/// <summary>What should not have happened besides wrong deliveries, and how often: broken connections, refused commands.</summary>
internal sealed class Troubles
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public void Add(string what)
    {
        if (_counts.AddOrUpdate(what, 1, (_, count) => count + 1) == 1)
        {
            Console.Error.WriteLine($"trouble: {what}");
        }
    }

    public IReadOnlyDictionary<string, int> Counts => _counts;
}
