using WsCluster.Client.Protocol;

namespace WsCluster.Client;

/// <summary>A connection, as others see it.</summary>
public sealed record ClientInfo : IIncoming<ClientInfo>
{
    private static readonly FieldNames Fields = new(("user", 1), ("client", 2), ("conn_info", 3), ("chan_info", 4));

    /// <summary>The user's id; empty for anonymous ones.</summary>
    public required string User { get; init; }

    /// <summary>The connection's id.</summary>
    public required string Client { get; init; }

    /// <summary>What the connection's token says about it. Empty when nothing.</summary>
    public ReadOnlyMemory<byte> ConnectionInfo { get; init; }

    /// <summary>What the subscription's token says about it. Empty when nothing.</summary>
    public ReadOnlyMemory<byte> ChannelInfo { get; init; }

    static ClientInfo IIncoming<ClientInfo>.Read<TReader>(ref TReader reader)
    {
        var (user, client) = ("", "");
        ReadOnlyMemory<byte> connection = default, channel = default;
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 1:
                    user = reader.Text();
                    break;
                case 2:
                    client = reader.Text();
                    break;
                case 3:
                    connection = reader.Data();
                    break;
                case 4:
                    channel = reader.Data();
                    break;
            }
        }

        return new ClientInfo { User = user, Client = client, ConnectionInfo = connection, ChannelInfo = channel };
    }
}
