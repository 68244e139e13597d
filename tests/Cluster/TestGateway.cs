using System.Text;
using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

/// <summary>A gateway with one lane that records what it is given, as the real one would take it.</summary>
internal sealed class TestGateway : IGatewayObserver
{
    private readonly IClusterClient _client;
    private readonly Lock _lock = new(); // guards the collections below
    private readonly Dictionary<Guid, long> _sequences = [];
    private readonly List<Delivered> _delivered = [];
    private readonly HashSet<string> _stoppingSilos = [];
    private readonly Dictionary<string, string> _entrances = [];
    private readonly HashSet<int> _levels = [];
    private readonly Dictionary<string, (Guid OutboxId, long Sequence)> _newest = [];
    private long _number;

    public TestGateway(IClusterClient client, string id, long incarnation)
    {
        _client = client;
        Lane = new GatewayLane { GatewayId = id, Incarnation = incarnation, Lane = 0, Observer = client.CreateObjectReference<IGatewayObserver>(this) };
    }

    public GatewayLane Lane { get; }

    public string Id => Lane.GatewayId;

    /// <summary>When set, batches are neither recorded nor acknowledged.</summary>
    public bool Hangs { get; set; }

    /// <summary>When set, batches are recorded, and their answers say nothing of it.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>The entrances of silos, by their ids.</summary>
    public IReadOnlyDictionary<string, string> Entrances
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, string>(_entrances);
            }
        }
    }

    /// <summary>What the entrances say that they have.</summary>
    public IReadOnlyCollection<int> Levels
    {
        get
        {
            lock (_lock)
            {
                return [.. _levels];
            }
        }
    }

    /// <summary>Batches that came again.</summary>
    public int Repeats { get; private set; }

    /// <summary>The newest batch of each silo.</summary>
    public IReadOnlyList<(string SiloId, Guid OutboxId, long Sequence)> Newest
    {
        get
        {
            lock (_lock)
            {
                return [.. _newest.Select(batch => (batch.Key, batch.Value.OutboxId, batch.Value.Sequence))];
            }
        }
    }

    public IReadOnlyList<Delivered> Delivered
    {
        get
        {
            lock (_lock)
            {
                return [.. _delivered];
            }
        }
    }

    /// <summary>Silos that said that they stop.</summary>
    public IReadOnlyCollection<string> StoppingSilos
    {
        get
        {
            lock (_lock)
            {
                return [.. _stoppingSilos];
            }
        }
    }

    public async Task DeliverAsync(DeliveryBatch batch)
    {
        if (Hangs)
        {
            await new TaskCompletionSource().Task;
        }

        Take(batch);
        if (LosesAnswers)
        {
            throw new TimeoutException("The answer is lost."); // one that never ends would keep Orleans from delivering the next
        }
    }

    public Task<ChannelAttachment> SubscribeAsync(string channel, params PresenceMember[] members) =>
        SubscribeAsync(channel, Interlocked.Increment(ref _number), members);

    public Task<ChannelAttachment> SubscribeAsync(string channel, long number, params PresenceMember[] members) =>
        _client.GetGrain<IChannelRouting>(channel).SubscribeAsync(new GatewaySubscription
        {
            Lane = Lane,
            Members = members.Length == 0 ? null : members,
            Number = number,
        });

    public Task UnsubscribeAsync(string channel) => UnsubscribeAsync(channel, Interlocked.Read(ref _number));

    public Task UnsubscribeAsync(string channel, long number) =>
        _client.GetGrain<IChannelRouting>(channel).UnsubscribeAsync(Id, Lane.Incarnation, number);

    /// <summary>The number of the newest subscription.</summary>
    public long Number => Interlocked.Read(ref _number);

    public Task<bool> UpdateAsync(string channel, params PresenceChange[] changes) =>
        _client.GetGrain<IChannelRouting>(channel).UpdatePresenceAsync(new PresenceUpdate { GatewayId = Id, Incarnation = Lane.Incarnation, Changes = changes });

    public Task<SessionAdmission> ConnectAsync(string user, string client) =>
        _client.GetGrain<IUserRouting>(user).ConnectAsync(Session(client), Lane);

    public UserSession Session(string client) => new() { Client = client, GatewayId = Id, ConnectedAt = DateTimeOffset.UnixEpoch };

    /// <summary>The texts published in a channel, in the order of their delivery.</summary>
    public IReadOnlyList<string> Published(string channel) =>
        [.. Delivered.Where(entry => entry.Kind == DeliveryKind.Publication && entry.Key == channel).Select(entry => Encoding.UTF8.GetString(entry.Publication!.Data))];

    /// <summary>Joins and leaves of a channel as "+client" and "-client".</summary>
    public IReadOnlyList<string> Announced(string channel) =>
        [.. Delivered.Where(entry => entry.Info is not null && entry.Key == channel).Select(entry => (entry.Kind == DeliveryKind.Join ? "+" : "-") + entry.Info!.Client)];

    /// <summary>The connection to the cluster goes, with its observer.</summary>
    public void Vanish() => _client.DeleteObjectReference<IGatewayObserver>(Lane.Observer);

    private void Take(DeliveryBatch batch)
    {
        lock (_lock)
        {
            if (batch.Entrance is not null)
            {
                _entrances[batch.SiloId] = batch.Entrance;
                _levels.Add(batch.EntranceLevel);
            }

            _newest[batch.SiloId] = (batch.OutboxId, batch.Sequence);
            if (batch.Sequence <= _sequences.GetValueOrDefault(batch.OutboxId))
            {
                Repeats++;
                return;
            }

            _sequences[batch.OutboxId] = batch.Sequence;
            if (batch.SiloStopping)
            {
                _stoppingSilos.Add(batch.SiloId);
            }

            var reader = new DeliveryReader(batch.Entries);
            while (reader.MoveNext())
            {
                _delivered.Add(Read(reader));
            }
        }
    }

    private static Delivered Read(DeliveryReader reader)
    {
        var epoch = "";
        return new Delivered(
            reader.Kind,
            Encoding.UTF8.GetString(reader.Key),
            reader.Kind == DeliveryKind.Publication ? reader.ReadPublication(out epoch) : null,
            epoch,
            reader.Kind is DeliveryKind.Join or DeliveryKind.Leave ? reader.ReadInfo() : null,
            reader.Body.ToArray());
    }
}

/// <summary>One entry that a gateway was given.</summary>
internal sealed record Delivered(DeliveryKind Kind, string Key, Publication? Publication, string Epoch, ClientInfo? Info, byte[] Body);
