using System.Buffers;
using System.Text;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>
/// A channel in memory, seen from a gateway: gives offsets, keeps history, knows its gateways. A test makes it fail, hang,
/// move, lose its stream or trim it. Batches are delivered at once, or kept in <see cref="Outgoing"/> for the test.
/// </summary>
internal sealed class FakeChannel(string name) : IChannelRouting, IChannelGrain
{
    private readonly Lock _sync = new();
    private readonly List<object> _calls = [];
    private readonly List<Publication> _history = [];
    private readonly Dictionary<string, (GatewayLane Lane, long Number)> _gateways = [];
    private Guid _outbox = Guid.NewGuid();
    private long _sequence;
    private int _epochs = 1;
    private ulong _top;

    public string SiloId { get; private set; } = "silo-1";

    public StreamPosition Top => KeepsHistory ? new StreamPosition(_top, $"e{_epochs}") : StreamPosition.None;

    public bool KeepsHistory { get; init; } = true;

    /// <summary>Runs before a call has any effect: throw to fail it, wait to keep it on its way.</summary>
    public Func<object, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs when a call has had its effect, before the answer goes back.</summary>
    public Func<object, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many subscriptions are still answered as overtaken by a report.</summary>
    public int OutdatedAnswers { get; set; }

    /// <summary>True: batches wait for the test to deliver them.</summary>
    public bool HoldsBatches { get; set; }

    /// <summary>Batches that wait, oldest first.</summary>
    public List<(IGatewayObserver Observer, DeliveryBatch Batch)> Outgoing { get; } = [];

    /// <summary>The gateways that get deliveries, and with which subscription number.</summary>
    public IReadOnlyDictionary<string, long> Gateways
    {
        get
        {
            lock (_sync)
            {
                return _gateways.ToDictionary(g => g.Key, g => g.Value.Number);
            }
        }
    }

    /// <summary>What gateways asked, in the order in which it arrived.</summary>
    public IReadOnlyList<T> CallsOf<T>()
    {
        lock (_sync)
        {
            return [.. _calls.OfType<T>()];
        }
    }

    /// <summary>Publishes; <paramref name="deliver"/> false loses the delivery on its way.</summary>
    public Publication Publish(string data, bool deliver = true, bool keep = true, Dictionary<string, string>? tags = null)
    {
        lock (_sync)
        {
            var publication = new Publication
            {
                Offset = KeepsHistory && keep ? ++_top : 0,
                Data = Encoding.UTF8.GetBytes(data),
                Delta = true,
                Tags = tags,
            };
            if (publication.Offset > 0)
            {
                _history.Add(publication);
            }

            if (deliver)
            {
                Send(Entry(publication));
            }

            return publication;
        }
    }

    /// <summary>A delivery entry as a silo writes it.</summary>
    public byte[] Entry(Publication publication, string? epoch = null)
    {
        var output = new ArrayBufferWriter<byte>();
        DeliveryWriter.WritePublication(output, name, epoch ?? Top.Epoch, publication);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Tells the gateways of a join or leave.</summary>
    public void Announce(ClientInfo info, bool joined)
    {
        var output = new ArrayBufferWriter<byte>();
        DeliveryWriter.WritePresence(output, name, info, joined);
        Send(output.WrittenSpan.ToArray());
    }

    /// <summary>Sends the gateways one batch with these entries.</summary>
    public void Send(byte[] entries, bool resynchronise = false, bool stopping = false, bool skipOne = false)
    {
        lock (_sync)
        {
            _sequence += skipOne ? 2 : 1;
            foreach (var (lane, _) in _gateways.Values)
            {
                var batch = new DeliveryBatch
                {
                    SiloId = SiloId,
                    OutboxId = _outbox,
                    Sequence = _sequence,
                    Entries = entries,
                    Resynchronise = resynchronise,
                    SiloStopping = stopping,
                };
                if (HoldsBatches)
                {
                    Outgoing.Add((lane.Observer, batch));
                }
                else
                {
                    _ = lane.Observer.DeliverAsync(batch);
                }
            }
        }
    }

    /// <summary>The channel lives on another silo, which knows no gateway. What is under way from the old one may still arrive.</summary>
    public void Move(string siloId, bool losesStream, bool tells = false)
    {
        lock (_sync)
        {
            if (tells)
            {
                var output = new ArrayBufferWriter<byte>();
                DeliveryWriter.Write(output, DeliveryKind.Moved, name, []);
                Send(output.WrittenSpan.ToArray());
            }

            _gateways.Clear();
            SiloId = siloId;
            _outbox = Guid.NewGuid();
            _sequence = 0;
            if (losesStream)
            {
                _epochs++;
                _top = 0;
                _history.Clear();
            }
        }
    }

    /// <summary>Drops all publications but the newest.</summary>
    public void Trim(int keep)
    {
        lock (_sync)
        {
            _history.RemoveRange(0, Math.Max(0, _history.Count - keep));
        }
    }

    public Task<ChannelAttachment> SubscribeAsync(GatewaySubscription subscription) => RunAsync(subscription, () =>
    {
        _gateways[subscription.Lane.GatewayId] = (subscription.Lane, subscription.Number);
        var latest = _history.Count > 0 && _history[^1].Offset == _top ? _history[^1] : null;
        return new ChannelAttachment { SiloId = SiloId, Top = Top, Latest = latest, MembersOutdated = OutdatedAnswers-- > 0 };
    });

    public Task UnsubscribeAsync(string gatewayId, long incarnation, long number) => RunAsync(new Unsubscribed(gatewayId, number), () =>
    {
        if (_gateways.TryGetValue(gatewayId, out var gateway) && number >= gateway.Number)
        {
            _gateways.Remove(gatewayId);
        }

        return true;
    });

    public Task<PublishReceipt> PublishManyAsync(PublishRequest[] requests) => throw new NotSupportedException("This channel publishes through its test.");

    public Task<bool> UpdatePresenceAsync(PresenceUpdate update) => RunAsync(update, () => _gateways.ContainsKey(update.GatewayId));

    public Task<HistoryPage> RecoverAsync(RecoveryQuery query) => RunAsync(query, () => new HistoryPage
    {
        Publications = query.LatestOnly
            ? [.. _history.TakeLast(1)]
            : [.. _history.Where(p => p.Offset > query.AfterOffset).Take(query.Limit)],
        Top = Top,
    });

    public Task<StreamPosition> PublishAsync(PublishRequest request) => RunAsync(request, () =>
    {
        var publication = new Publication { Offset = KeepsHistory ? ++_top : 0, Data = request.Data };
        if (KeepsHistory)
        {
            _history.Add(publication);
        }

        Send(Entry(publication));
        return Top;
    });

    Task<HistoryPage> IChannelGrain.GetHistoryAsync(HistoryQuery query) => throw new NotSupportedException();

    Task IChannelGrain.RemoveHistoryAsync() => throw new NotSupportedException();

    Task<IReadOnlyDictionary<string, ClientInfo>> IChannelGrain.GetPresenceAsync() => throw new NotSupportedException();

    Task<PresenceStats> IChannelGrain.GetPresenceStatsAsync() => throw new NotSupportedException();

    public Task<ChannelExplanation> ExplainAsync() => throw new NotSupportedException();

    /// <summary>What its behavior says to subscribers.</summary>
    public Func<ChannelAdmission> Admission { get; set; } = () => throw new NotSupportedException("No behavior lives here.");

    public Task<ChannelAdmission> AdmitAsync(SubscribeAttempt attempt) => RunAsync(attempt, () => Admission());

    public Task<CallAnswer> CallAsync(ChannelCall call) => throw new NotSupportedException();

    public Task GatewayLostAsync(string gatewayId, long incarnation) => throw new NotSupportedException();

    private async Task<T> RunAsync<T>(object call, Func<T> body)
    {
        lock (_sync)
        {
            _calls.Add(call);
        }

        await Before(call);
        T answer;
        lock (_sync)
        {
            answer = body();
        }

        await After(call);
        return answer;
    }
}

/// <summary>A gateway's unsubscribe call.</summary>
internal sealed record Unsubscribed(string GatewayId, long Number);
