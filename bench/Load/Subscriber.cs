using System.Text;

namespace WsCluster.Load;

/// <summary>A connection with one subscription; checks and times what it gets.</summary>
internal sealed class Subscriber(LoadPlan plan, LoadRunState state, int number, int publishers)
    : Connection(plan.UrlOfSubscriber(number), state.Troubles)
{
    private readonly int _channel = plan.ChannelOfSubscriber(number);

    public DeliveryLedger Ledger { get; } = new(plan, plan.ChannelOfSubscriber(number), publishers);

    /// <summary>Deliveries that came within the measured time.</summary>
    public long DeliveredInWindow { get; private set; }

    private static ReadOnlySpan<byte> PushStart => "{\"push\":{\"channel\":\""u8;

    protected override ReadOnlySpan<byte> FirstCommands()
    {
        var name = Encoding.ASCII.GetString(plan.NameOf(_channel).Span);
        return Encoding.ASCII.GetBytes(
            $"{{\"id\":1,\"connect\":{{\"name\":\"load\"}}}}\n{{\"id\":2,\"subscribe\":{{\"channel\":\"{name}\"}}}}");
    }

    protected override void Take(ReadOnlySpan<byte> message, long receivedAt)
    {
        if (message.StartsWith(PushStart) && LoadPayload.TryRead(message, out var payload))
        {
            TakeDelivery(message[PushStart.Length..], payload, receivedAt);
        }
        else if (!message.StartsWith("{\"id\":2,"u8))
        {
            Troubles.Add($"a subscriber got {Shorten(message)}");
        }
        else if (message.IndexOf("\"error\":"u8) >= 0)
        {
            FailToStart(message);
        }
        else
        {
            BecomeReady();
        }
    }

    private void TakeDelivery(ReadOnlySpan<byte> fromName, in LoadPayload payload, long receivedAt)
    {
        var name = plan.NameOf(_channel).Span;
        var isOurs = fromName.StartsWith(name) && fromName[name.Length] == '"';
        if (!Ledger.Note(payload, isOurs))
        {
            return;
        }

        state.Publishers[payload.Publisher].Flight?.Delivered(payload.Publication);
        var window = state.Window!;
        if (window.Contains(receivedAt))
        {
            DeliveredInWindow++;
        }

        if (window.Contains(payload.Ticks))
        {
            state.Latency.Add(receivedAt - payload.Ticks);
        }
    }
}
