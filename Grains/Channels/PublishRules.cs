using System.Text;
using System.Text.Json;
using WsCluster.Configuration;

namespace WsCluster.Grains.Channels;

/// <summary>What a channel refuses to publish (protocol §12.1 and §20).</summary>
internal static class PublishRules
{
    public const int MaxChannelBytes = 255;
    public const int MaxKeyLength = 256;

    /// <summary>Data and tags of one publication; above it a delivery would not fit into a message of the cluster.</summary>
    public const int MaxPublicationBytes = 4 * 1024 * 1024;

    /// <summary>False for a name that no channel can have.</summary>
    public static bool IsName(string channel) => channel.Length > 0 && Encoding.UTF8.GetByteCount(channel) <= MaxChannelBytes;

    /// <summary>Throws for a request that the channel must not publish.</summary>
    public static void Check(PublishRequest request, DataFormat format)
    {
        if (request.IdempotencyKey?.Length > MaxKeyLength)
        {
            throw new WsClusterException(ErrorCode.BadRequest, $"An idempotency key has at most {MaxKeyLength} characters.");
        }

        if (request.VersionEpoch?.Length > MaxKeyLength)
        {
            throw new WsClusterException(ErrorCode.BadRequest, $"A version epoch has at most {MaxKeyLength} characters.");
        }

        if (SizeOf(request) > MaxPublicationBytes)
        {
            throw new WsClusterException(ErrorCode.BadRequest, $"A publication has at most {MaxPublicationBytes} bytes.");
        }

        if (!Fits(request.Data, format))
        {
            throw new WsClusterException(ErrorCode.BadRequest, $"The data is not acceptable: the channel's format is {format}.");
        }
    }

    /// <summary>Bytes of what is published.</summary>
    public static long SizeOf(PublishRequest request)
    {
        long size = request.Data.Length + (request.Info?.ConnInfo?.Length ?? 0) + (request.Info?.ChanInfo?.Length ?? 0);
        foreach (var (name, value) in request.Tags ?? [])
        {
            size += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return size;
    }

    private static bool Fits(byte[] data, DataFormat format) => format switch
    {
        DataFormat.Binary => true,
        DataFormat.Json => IsJson(data, mustBeObject: false),
        DataFormat.JsonObject => IsJson(data, mustBeObject: true),
        _ => data.Length > 0,
    };

    private static bool IsJson(byte[] data, bool mustBeObject)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            if (!reader.Read() || (mustBeObject && reader.TokenType != JsonTokenType.StartObject))
            {
                return false;
            }

            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
