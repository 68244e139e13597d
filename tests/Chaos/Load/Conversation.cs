using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>A connection of somebody who asks one thing after the other and goes before the first ping.</summary>
internal sealed class Conversation : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebSocketLink _link;

    private Conversation(WebSocketLink link) => _link = link;

    /// <summary>Opens it; null when the gateway itself is away.</summary>
    public static async Task<Conversation?> TryOpenAsync(Uri gateway)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return new Conversation(await WebSocketLink.OpenAsync(new Uri(gateway, "/connection/websocket"), patience.Token));
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            return null;
        }
    }

    public void Dispose() => _link.Dispose();

    /// <summary>The reply to a command; null when none came within 5 s.</summary>
    /// <exception cref="LoadException">The connection is gone.</exception>
    public async Task<JsonElement?> AskAsync(string command)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _link.SendAsync(Frame.Of(FrameKind.Text, Encoding.UTF8.GetBytes(command)));
            return await ReadReplyAsync(patience.Token);
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            return patience.IsCancellationRequested ? null : throw new LoadException(e.Message);
        }
    }

    private static bool IsOfTheConnection(Exception e) =>
        e is SocketException or LoadException or OperationCanceledException or ObjectDisposedException;

    /// <summary>Passes over what is pushed meanwhile.</summary>
    private async Task<JsonElement> ReadReplyAsync(CancellationToken cancellation)
    {
        while (await _link.ReceiveAsync(cancellation))
        {
            while (_link.TryRead(out var kind, out var payload))
            {
                if (kind == FrameKind.Close)
                {
                    throw new LoadException("closed");
                }

                foreach (var range in payload.Split((byte)'\n'))
                {
                    if (payload[range] is { IsEmpty: false } message && TryReadReply(message, out var reply))
                    {
                        return reply;
                    }
                }
            }
        }

        throw new LoadException("ended");
    }

    private static bool TryReadReply(ReadOnlySpan<byte> message, out JsonElement reply)
    {
        var json = new Utf8JsonReader(message);
        reply = JsonElement.ParseValue(ref json);
        return reply.TryGetProperty("id", out _);
    }
}
