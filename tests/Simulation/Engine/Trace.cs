using System.Globalization;

namespace WsCluster.Tests.Simulation.Engine;

/// <summary>What happened, line by line, for people and for comparing two runs. Random ids are replaced by short names.</summary>
internal sealed class Trace(LoopClock clock)
{
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line) => _lines.Add($"{clock,9} {line}");

    /// <summary>A short name for a random id: its kind and a number, the same for every mention.</summary>
    public string Name(string kind, string id)
    {
        if (id.Length == 0)
        {
            return "-";
        }

        if (!_names.TryGetValue(id, out var name))
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            _names[id] = name = kind + _counts[kind].ToString(CultureInfo.InvariantCulture);
        }

        return name;
    }

    public override string ToString() => string.Join('\n', _lines);
}
