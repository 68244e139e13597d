using System.Text.Json;
using WsCluster.Configuration;

namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>
/// How a client says what it wants of a channel: in its subscription's data, which every SDK can send, as in
/// <c>{"delivery":"latest","every":500}</c> or <c>{"delivery":"sample","of":10}</c>. Other members are the application's.
/// </summary>
/// <param name="IsMade">The client said something.</param>
/// <param name="Derivation">What it asked for; null for everything.</param>
internal readonly record struct DeliveryRequest(bool IsMade, Derivation? Derivation)
{
    /// <summary>Intervals are doublings of the namespace's, so that many subscribers share few derivations: the largest is 64 times as long.</summary>
    private const int MostDoublings = 6;

    private const int MostOneOf = 1_000_000;

    /// <summary>
    /// Reads it where the namespace lets clients choose. False when something was asked for that there is not:
    /// <see cref="ErrorCode.BadRequest"/>.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> data, ChannelOptions options, out DeliveryRequest request)
    {
        request = default;
        if (!options.AllowDeliveryChoice || data.IsEmpty || !TryParse(data, out var document))
        {
            return true;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("delivery", out var delivery))
            {
                return true;
            }

            var kind = delivery.ValueKind == JsonValueKind.String ? delivery.GetString() : null;
            var found = kind switch
            {
                "everything" => TryMake(true, null, out request),
                "latest" => TryGetEvery(document.RootElement, options, out var every) && TryMake(true, new Derivation.Latest(every, WhileSlow: false), out request),
                "adaptive" => TryMake(true, new Derivation.Latest(options.ConflationInterval, WhileSlow: true), out request),
                "sample" => TryGetOneOf(document.RootElement, out var oneOf) && TryMake(true, oneOf == 1 ? null : new Derivation.Sample(oneOf), out request),
                _ => false,
            };
            return found;
        }
    }

    /// <summary>What those get who did not say anything and have no position.</summary>
    public static Derivation? DefaultOf(ChannelOptions options) => options.Delivery switch
    {
        ChannelDelivery.Latest => new Derivation.Latest(options.ConflationInterval, WhileSlow: false),
        ChannelDelivery.Adaptive => new Derivation.Latest(options.ConflationInterval, WhileSlow: true),
        _ => null,
    };

    private static bool TryMake(bool isMade, Derivation? derivation, out DeliveryRequest request)
    {
        request = new DeliveryRequest(isMade, derivation);
        return true;
    }

    private static bool TryParse(ReadOnlyMemory<byte> data, out JsonDocument document)
    {
        document = null!;
        try
        {
            document = JsonDocument.Parse(data, new JsonDocumentOptions { MaxDepth = 16 });
            return true;
        }
        catch (JsonException)
        {
            return false; // the application's own bytes
        }
    }

    /// <summary>Milliseconds, rounded up to a doubling of the namespace's interval; without any, that one.</summary>
    private static bool TryGetEvery(JsonElement root, ChannelOptions options, out TimeSpan every)
    {
        every = options.ConflationInterval;
        if (!root.TryGetProperty("every", out var element))
        {
            return true;
        }

        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out var milliseconds) || !(milliseconds > 0))
        {
            return false;
        }

        for (var doubling = 0; doubling < MostDoublings && every.TotalMilliseconds < milliseconds; doubling++)
        {
            every += every;
        }

        return true;
    }

    private static bool TryGetOneOf(JsonElement root, out int oneOf)
    {
        oneOf = 0;
        return root.TryGetProperty("of", out var element) && element.ValueKind == JsonValueKind.Number
            && element.TryGetInt32(out oneOf) && oneOf is >= 1 and <= MostOneOf;
    }
}
