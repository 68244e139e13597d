using System.Text;
using WsCluster.Tests.ChaosSilo;

namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// Invariant 10: what anybody was handed as a channel's state at an offset is what the publications up to that offset make of the
/// empty state; and every publication was decided about on the state of all that are before it in the stream.
/// </summary>
internal sealed class StateCheck(Violations violations)
{
    private readonly List<StateReading> _readings = [];

    /// <summary>States that were compared with the stream.</summary>
    public int Readings => _readings.Count;

    public void Take(StateReading reading) => _readings.Add(reading);

    public void Finish(IReadOnlyList<StateHistory> histories)
    {
        foreach (var history in histories)
        {
            Replay(history, _readings.Where(r => r.Channel == history.Channel).OrderBy(r => r.Offset).ToList());
        }
    }

    private void Replay(StateHistory history, List<StateReading> readings)
    {
        var state = new Tally();
        var next = 0;
        for (var offset = 0; offset <= history.Data.Count; offset++)
        {
            if (offset > 0)
            {
                var data = history.Data[offset - 1];
                if (!data.AsSpan().EndsWith(Encoding.UTF8.GetBytes($"|{state}\"")))
                {
                    violations.Add(Invariant.State, $"{history.Channel}/{offset} was not decided on {state}: {Encoding.UTF8.GetString(data)}");
                }

                state = state.Add(data);
            }

            for (; next < readings.Count && readings[next].Offset == (ulong)offset; next++)
            {
                if (readings[next].Epoch != history.Epoch || readings[next].State != state)
                {
                    violations.Add(
                        Invariant.State, $"{history.Channel} is {state} at {history.Epoch}/{offset}, but a subscriber was handed {readings[next].State} at {readings[next].Epoch}/{offset}");
                }
            }
        }

        foreach (var reading in readings.Skip(next))
        {
            violations.Add(Invariant.State, $"{history.Channel} ends at {history.Data.Count}, but a subscriber was handed a state at {reading.Offset}");
        }
    }
}
