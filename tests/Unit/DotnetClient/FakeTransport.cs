using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using WsCluster.Client.Connections;
using WsCluster.Client.Transports;

namespace WsCluster.Tests.Unit.DotnetClient;

/// <summary>One connection in memory, in JSON: the test reads what the client sends and writes what it gets.</summary>
internal sealed class FakeTransport(Func<ChannelWriter<FakeTransport>?> open) : ITransport
{
    private readonly Channel<JsonNode> _sent = Channel.CreateUnbounded<JsonNode>();
    private readonly Channel<(string? Frame, ConnectionEnd? End)> _incoming = Channel.CreateUnbounded<(string?, ConnectionEnd?)>();

    /// <summary>Whether the client has let go of it.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The next command, which must be of this kind; a pong has no kind.</summary>
    public async Task<JsonNode> CommandAsync(string? kind)
    {
        using var patience = new CancellationTokenSource(Wait.Limit);
        var command = await _sent.Reader.ReadAsync(patience.Token);
        if (kind is null)
        {
            Assert.Equal("{}", command.ToJsonString());
        }
        else
        {
            Assert.True(command[kind] is not null, $"expected {kind}, got {command.ToJsonString()}");
        }

        return command;
    }

    /// <summary>Whether the client has sent nothing that was not read.</summary>
    public bool IsQuiet => !_sent.Reader.TryPeek(out _);

    public void Answer(JsonNode command, string kind, string result = "{}") => Frame($$"""{"id":{{command["id"]}},"{{kind}}":{{result}}}""");

    public void Refuse(JsonNode command, int code, bool temporary = false) =>
        Frame($$$"""{"id":{{{command["id"]}}},"error":{"code":{{{code}}},"message":"refused"{{{(temporary ? ",\"temporary\":true" : "")}}}}}""");

    public void Publish(string channel, string data, ulong offset = 0) =>
        Frame($$$$"""{"push":{"channel":"{{{{channel}}}}","pub":{"data":{{{{data}}}}{{{{(offset > 0 ? $",\"offset\":{offset}" : "")}}}}}}}""");

    /// <summary>A frame as it stands.</summary>
    public void Frame(string text) => _incoming.Writer.TryWrite((text, null));

    /// <summary>Ends the connection from the server's side.</summary>
    public void Close(int code, string reason = "the end") => _incoming.Writer.TryWrite((null, ConnectionEnd.OfCloseCode(code, reason)));

    Task ITransport.OpenAsync(CancellationToken cancellationToken) =>
        open() is { } opened && opened.TryWrite(this) ? Task.CompletedTask : Task.FromException(new IOException("nobody there"));

    Task ITransport.SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        foreach (var line in Encoding.UTF8.GetString(frame.Span).Split('\n'))
        {
            _sent.Writer.TryWrite(JsonNode.Parse(line)!);
        }

        return Task.CompletedTask;
    }

    async Task<ConnectionEnd?> ITransport.ReceiveAsync(ArrayBufferWriter<byte> message, CancellationToken cancellationToken)
    {
        var (frame, end) = await _incoming.Reader.ReadAsync(cancellationToken);
        message.Write(Encoding.UTF8.GetBytes(frame ?? ""));
        return end;
    }

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        IsDisposed = true;
        _incoming.Writer.TryComplete();
        return default;
    }
}
