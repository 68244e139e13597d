using System.Threading.Channels;
using WsCluster.Client.Protocol;
using WsCluster.Client.Transports;

namespace WsCluster.Tests.Unit.DotnetClient;

/// <summary>A server in memory that a test plays by hand: it gets every attempt to connect, in order.</summary>
internal sealed class FakeServer
{
    private readonly Channel<FakeTransport> _opened = Channel.CreateUnbounded<FakeTransport>();
    private int _attempts;

    /// <summary>Whether attempts fail now.</summary>
    public bool IsAway { get; set; }

    /// <summary>Attempts so far, failed ones included.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    public ITransport NewTransport(ICodec codec) => new FakeTransport(() =>
    {
        Interlocked.Increment(ref _attempts);
        return IsAway ? null : _opened.Writer;
    });

    /// <summary>The next connection that opens.</summary>
    public async Task<FakeTransport> OpenedAsync()
    {
        using var patience = new CancellationTokenSource(Wait.Limit);
        return await _opened.Reader.ReadAsync(patience.Token);
    }

    /// <summary>The next connection, with its connect answered.</summary>
    public async Task<FakeTransport> ConnectedAsync(string result = "{}")
    {
        var transport = await OpenedAsync();
        transport.Answer(await transport.CommandAsync("connect"), "connect", result);
        return transport;
    }
}
