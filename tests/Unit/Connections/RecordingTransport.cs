using System.Text;
using System.Threading.Channels;
using WsCluster.Gateway.Transports;

namespace WsCluster.Tests.Unit.Connections;

/// <summary>Tells what was sent, and can be as slow or broken as a test needs.</summary>
internal sealed class RecordingTransport : ITransport
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private TaskCompletionSource? _gate;

    public string Name => "recording";

    public bool SendsWebSocketFrames => false;

    /// <summary>Every send fails.</summary>
    public bool Fails { get; set; }

    /// <summary>True when nothing happened that the test has not asked for.</summary>
    public bool IsQuiet => _events.Reader.Count == 0;

    /// <summary>From now on a send ends only after <see cref="Unblock"/>.</summary>
    public void Block() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock()
    {
        var gate = _gate;
        _gate = null;
        gate?.SetResult();
    }

    /// <summary>The next frame, or <c>close code reason</c>.</summary>
    public async Task<string> NextAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        var gate = _gate;
        _events.Writer.TryWrite(Encoding.UTF8.GetString(frame.Span));
        if (Fails)
        {
            throw new IOException("The client is gone.");
        }

        if (gate is not null)
        {
            await gate.Task;
        }
    }

    public ValueTask CloseAsync(int code, string reason)
    {
        _events.Writer.TryWrite($"close {code} {reason}");
        return ValueTask.CompletedTask;
    }

    public void Abort() => _events.Writer.TryWrite("abort");
}
