using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WsCluster.Client.Protocol;

namespace WsCluster.Client;

/// <summary>One message in a channel.</summary>
public sealed record Publication : IIncoming<Publication>
{
    private static readonly FieldNames Fields = new(("data", 4), ("info", 5), ("offset", 6), ("tags", 7), ("delta", 8));
    private static readonly IReadOnlyDictionary<string, string> NoTags = new Dictionary<string, string>();

    /// <summary>The channel it was published to.</summary>
    public string Channel { get; internal init; } = "";

    /// <summary>The publisher's bytes: one JSON value, unless both sides speak Protobuf.</summary>
    public ReadOnlyMemory<byte> Data { get; internal init; }

    /// <summary>Counts up from 1 within an epoch. Zero when the channel keeps no history.</summary>
    public ulong Offset { get; internal init; }

    /// <summary>Who published it; null when a service did.</summary>
    public ClientInfo? Info { get; internal init; }

    /// <summary>Text labels of the publisher.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; internal init; } = NoTags;

    /// <summary>
    /// True when something between this publication and the one read before it may be missing for good: the server could not
    /// recover all that was missed, or the reader was too slow (<see cref="SubscriptionOptions.BufferCapacity"/>). What was
    /// built from earlier publications should be loaded again.
    /// </summary>
    public bool AfterGap { get; internal init; }

    /// <summary>Whether the data is a difference to the publication before.</summary>
    internal bool IsDelta { get; init; }

    /// <summary>The data, read from JSON with the web's naming (camelCase).</summary>
    [System.Diagnostics.CodeAnalysis.RequiresUnreferencedCode(ClientJson.TrimWarning), System.Diagnostics.CodeAnalysis.RequiresDynamicCode(ClientJson.TrimWarning)]
    public T? ReadJson<T>(JsonSerializerOptions? options = null) => JsonSerializer.Deserialize<T>(Data.Span, options ?? JsonSerializerOptions.Web);

    /// <summary>The data, read from JSON with generated code: for trimmed applications.</summary>
    public T? ReadJson<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Data.Span, type);

    static Publication IIncoming<Publication>.Read<TReader>(ref TReader reader)
    {
        ReadOnlyMemory<byte> data = default;
        ClientInfo? info = null;
        Dictionary<string, string>? tags = null;
        ulong offset = 0;
        var delta = false;
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 4:
                    data = reader.Data();
                    break;
                case 5:
                    info = reader.Message<ClientInfo>();
                    break;
                case 6:
                    offset = reader.Number();
                    break;
                case 7:
                    reader.TextMap(tags ??= []);
                    break;
                case 8:
                    delta = reader.Flag();
                    break;
            }
        }

        return new Publication { Data = data, Info = info, Offset = offset, Tags = tags ?? NoTags, IsDelta = delta };
    }
}
