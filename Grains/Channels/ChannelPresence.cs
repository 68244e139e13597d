using WsCluster.Grains.Limits;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>
/// Who is in a channel, by gateway. Its methods return the joins and leaves that must be announced: each member says
/// whether its own are.
/// </summary>
/// <param name="capacity">Most members of this channel.</param>
/// <param name="silo">Most members of all of the silo's channels.</param>
internal sealed class ChannelPresence(int capacity = ChannelPresence.MaxMembers, Allowance? silo = null)
{
    public const int MaxMembers = 100_000;

    private readonly Dictionary<string, Dictionary<string, PresenceMember>> _byGateway = new(StringComparer.Ordinal);

    /// <summary>Members of all gateways, also those that only announce.</summary>
    public int Count { get; private set; }

    /// <summary>Replaces the members of a gateway by its whole set.</summary>
    public PresenceOutcome Replace(string gatewayId, IReadOnlyList<PresenceMember>? members)
    {
        var outcome = new PresenceOutcome();
        if (_byGateway.TryGetValue(gatewayId, out var known))
        {
            var staying = (members ?? []).Select(member => member.Info.Client).ToHashSet(StringComparer.Ordinal);
            foreach (var client in known.Keys)
            {
                if (!staying.Contains(client))
                {
                    Remove(gatewayId, client, outcome);
                }
            }
        }

        foreach (var member in members ?? [])
        {
            Add(gatewayId, member, outcome);
        }

        return outcome;
    }

    /// <summary>Applies joins and leaves of a gateway in their order.</summary>
    public PresenceOutcome Apply(string gatewayId, IReadOnlyList<PresenceChange> changes)
    {
        var outcome = new PresenceOutcome();
        foreach (var change in changes)
        {
            if (change.Joined)
            {
                Add(gatewayId, change.Member, outcome);
            }
            else
            {
                Remove(gatewayId, change.Member.Info.Client, outcome);
            }
        }

        return outcome;
    }

    /// <summary>All members of the gateway leave.</summary>
    public PresenceOutcome RemoveGateway(string gatewayId) => Replace(gatewayId, null);

    /// <summary>The activation has ended: its members count no more.</summary>
    public void Close() => silo?.Return(Count);

    /// <summary>Who is present, by connection id.</summary>
    public IReadOnlyDictionary<string, ClientInfo> Present()
    {
        var present = new Dictionary<string, ClientInfo>(Count, StringComparer.Ordinal);
        foreach (var member in Members().Where(member => member.Presence))
        {
            present[member.Info.Client] = member.Info;
        }

        return present;
    }

    /// <summary>How many are present.</summary>
    public PresenceStats Stats()
    {
        var clients = 0;
        var users = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in Members().Where(member => member.Presence))
        {
            clients++;
            users.Add(member.Info.User);
        }

        return new PresenceStats(clients, users.Count);
    }

    private IEnumerable<PresenceMember> Members() => _byGateway.Values.SelectMany(members => members.Values);

    private void Add(string gatewayId, PresenceMember member, PresenceOutcome outcome)
    {
        if (!member.Presence && !member.JoinLeave)
        {
            return;
        }

        _byGateway.TryGetValue(gatewayId, out var members);
        if (members is not null && members.ContainsKey(member.Info.Client))
        {
            members[member.Info.Client] = member; // the same connection, perhaps with new info: no second join
            return;
        }

        if (Count >= capacity || silo?.TryTake(1) == false)
        {
            outcome.Refused++;
            return;
        }

        if (members is null)
        {
            members = new Dictionary<string, PresenceMember>(StringComparer.Ordinal);
            _byGateway.Add(gatewayId, members);
        }

        members.Add(member.Info.Client, member);
        Count++;
        if (member is { JoinLeave: true, Reported: false })
        {
            outcome.Announced.Add((member.Info, true));
        }
    }

    private void Remove(string gatewayId, string client, PresenceOutcome outcome)
    {
        if (!_byGateway.TryGetValue(gatewayId, out var members) || !members.Remove(client, out var member))
        {
            return;
        }

        Count--;
        silo?.Return(1);
        if (members.Count == 0)
        {
            _byGateway.Remove(gatewayId);
        }

        if (member.JoinLeave)
        {
            outcome.Announced.Add((member.Info, false));
        }
    }
}

/// <summary>What a change of presence led to.</summary>
internal sealed class PresenceOutcome
{
    /// <summary>Joins (true) and leaves (false) to deliver, in their order.</summary>
    public List<(ClientInfo Info, bool Joined)> Announced { get; } = [];

    /// <summary>Joins that found the channel full.</summary>
    public int Refused { get; set; }
}
