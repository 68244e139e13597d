using WsCluster.Client.Protocol;

namespace WsCluster.Client;

/// <summary>How many are in a channel.</summary>
public sealed record PresenceStats : IIncoming<PresenceStats>
{
    private static readonly FieldNames Fields = new(("num_clients", 1), ("num_users", 2));

    /// <summary>Connections.</summary>
    public int Clients { get; private init; }

    /// <summary>Distinct users.</summary>
    public int Users { get; private init; }

    static PresenceStats IIncoming<PresenceStats>.Read<TReader>(ref TReader reader)
    {
        var stats = new PresenceStats();
        while (reader.Next(Fields, out var number))
        {
            var value = (int)reader.Number();
            stats = number == 1 ? stats with { Clients = value } : stats with { Users = value };
        }

        return stats;
    }
}
