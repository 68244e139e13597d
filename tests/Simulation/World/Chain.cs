using System.Text;
using System.Text.Json;
using WsCluster.Tests.Simulation.Checks;

namespace WsCluster.Tests.Simulation.World;

/// <summary>What a channel's publications make, all of them in their order: one left out, doubled or swapped makes another.</summary>
internal sealed record Chain
{
    /// <summary>How many they are.</summary>
    public ulong Count { get; init; }

    /// <summary>A hash of each and all before it.</summary>
    public ulong Hash { get; init; }

    /// <summary>With one more.</summary>
    public Chain With(ReadOnlySpan<byte> payload)
    {
        var hash = Hash + Count + 1;
        foreach (var b in payload)
        {
            hash = (hash ^ b) * 1099511628211; // FNV-1a
        }

        return new Chain { Count = Count + 1, Hash = hash };
    }

    /// <summary>What the first publications of an epoch make, as they were committed; null when there are not so many.</summary>
    public static Chain? Of(Journal journal, string channel, string epoch, ulong count)
    {
        var chain = new Chain();
        for (ulong offset = 1; offset <= count; offset++)
        {
            if (journal.PayloadAt(channel, epoch, offset) is not { } payload)
            {
                return null;
            }

            chain = chain.With(Encoding.UTF8.GetBytes(payload));
        }

        return chain;
    }

    /// <summary>From what a behavior handed out.</summary>
    public static Chain Read(ReadOnlySpan<byte> state) => JsonSerializer.Deserialize<Chain>(state, JsonSerializerOptions.Web)!;
}
