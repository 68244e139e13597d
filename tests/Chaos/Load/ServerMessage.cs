using System.Text;
using System.Text.Json;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>What a message from the server is.</summary>
internal enum MessageKind
{
    Other,
    Ping,
    Connected,
    Subscribed,
    Unsubscribed,
    Published,
    Error,
    Push,
    Publication,
    Insufficient,
}

/// <summary>
/// Reads the server's messages (protocol §4, JSON) into fields that are used again: one reader per connection, nothing
/// allocated for a publication.
/// </summary>
internal sealed class ServerMessage
{
    private readonly List<(ulong Offset, byte[] Data)> _publications = [];
    private byte[] _channel = new byte[64];
    private byte[] _data = new byte[256];
    private int _channelLength;
    private int _dataLength;

    public MessageKind Kind { get; private set; }

    /// <summary>The command that it answers.</summary>
    public int Id { get; private set; }

    /// <summary>The error's or the push's code.</summary>
    public int Code { get; private set; }

    /// <summary>Connected: the connection's id.</summary>
    public string Client { get; private set; } = "";

    /// <summary>Connected: pings come this often and want an answer. Seconds.</summary>
    public int PingSeconds { get; private set; }

    /// <summary>Subscribed or a publication.</summary>
    public ulong Offset { get; private set; }

    public string Epoch { get; private set; } = "";

    public bool WasRecovering { get; private set; }

    public bool Recovered { get; private set; }

    /// <summary>A push's channel in UTF-8.</summary>
    public ReadOnlySpan<byte> Channel => _channel.AsSpan(0, _channelLength);

    /// <summary>A pushed publication's JSON string without quotes.</summary>
    public ReadOnlySpan<byte> Data => _data.AsSpan(0, _dataLength);

    /// <summary>Subscribed: what was missed.</summary>
    public IReadOnlyList<(ulong Offset, byte[] Data)> Publications => _publications;

    /// <summary>Reads one message. Throws <see cref="JsonException"/> or <see cref="LoadException"/> on what no server may send.</summary>
    public void Read(ReadOnlySpan<byte> message)
    {
        Kind = MessageKind.Other;
        Id = Code = PingSeconds = 0;
        Offset = 0;
        Epoch = "";
        WasRecovering = Recovered = false;
        _channelLength = _dataLength = 0;
        _publications.Clear();
        if (message.SequenceEqual("{}"u8))
        {
            Kind = MessageKind.Ping;
            return;
        }

        var json = new Utf8JsonReader(message);
        json.Read();
        ReadMembers(ref json);
    }

    /// <summary>A message's members, and those of the objects in it that say what it is; everything else is passed over.</summary>
    private void ReadMembers(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("id"u8))
            {
                Id = Number(ref json);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                Enter(ref json, MessageKind.Error);
            }
            else if (json.ValueTextEquals("code"u8))
            {
                Code = Number(ref json);
            }
            else if (json.ValueTextEquals("connect"u8))
            {
                Enter(ref json, MessageKind.Connected);
            }
            else if (json.ValueTextEquals("subscribe"u8))
            {
                Enter(ref json, MessageKind.Subscribed);
            }
            else if (json.ValueTextEquals("publish"u8))
            {
                Enter(ref json, MessageKind.Published);
            }
            else if (json.ValueTextEquals("unsubscribe"u8))
            {
                Enter(ref json, Kind == MessageKind.Push ? MessageKind.Insufficient : MessageKind.Unsubscribed);
            }
            else if (json.ValueTextEquals("push"u8))
            {
                Enter(ref json, MessageKind.Push);
            }
            else if (json.ValueTextEquals("pub"u8))
            {
                json.Read();
                ReadPublication(ref json, isPush: true);
            }
            else if (json.ValueTextEquals("publications"u8))
            {
                ReadPublications(ref json);
            }
            else if (json.ValueTextEquals("channel"u8))
            {
                json.Read();
                _channelLength = Copy(ref json, ref _channel);
            }
            else if (json.ValueTextEquals("client"u8))
            {
                Client = Text(ref json);
            }
            else if (json.ValueTextEquals("ping"u8))
            {
                PingSeconds = Number(ref json);
            }
            else if (json.ValueTextEquals("epoch"u8))
            {
                Epoch = Text(ref json);
            }
            else if (json.ValueTextEquals("offset"u8))
            {
                json.Read();
                Offset = json.GetUInt64();
            }
            else if (json.ValueTextEquals("was_recovering"u8))
            {
                json.Read();
                WasRecovering = json.GetBoolean();
            }
            else if (json.ValueTextEquals("recovered"u8))
            {
                json.Read();
                Recovered = json.GetBoolean();
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void Enter(ref Utf8JsonReader json, MessageKind kind)
    {
        Kind = kind;
        json.Read();
        ReadMembers(ref json);
    }

    private void ReadPublications(ref Utf8JsonReader json)
    {
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            ReadPublication(ref json, isPush: false);
        }
    }

    private void ReadPublication(ref Utf8JsonReader json, bool isPush)
    {
        var offset = 0UL;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("offset"u8))
            {
                json.Read();
                offset = json.GetUInt64();
            }
            else if (json.ValueTextEquals("data"u8))
            {
                json.Read();
                _dataLength = Copy(ref json, ref _data);
            }
            else
            {
                json.Skip();
            }
        }

        if (isPush)
        {
            Kind = MessageKind.Publication;
            Offset = offset;
        }
        else
        {
            _publications.Add((offset, Data.ToArray()));
        }
    }

    private static int Copy(ref Utf8JsonReader json, ref byte[] target)
    {
        if (json.ValueSpan.Length > target.Length)
        {
            target = new byte[json.ValueSpan.Length * 2];
        }

        return json.CopyString(target);
    }

    private static int Number(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetInt32();
    }

    private static string Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString() ?? "";
    }

    public override string ToString() => $"{Kind} {Id} {Code} {Encoding.UTF8.GetString(Channel)}";
}
