namespace WsCluster.Tests.Hostile.Frames;

/// <summary>What a client sends on a connected WebSocket, write by write, and what must come of it.</summary>
internal sealed record FrameCase
{
    public required byte[][] Writes { get; init; }

    /// <summary>The close code that ends the connection; null: it lives on.</summary>
    public int? ClosedWith { get; init; }

    /// <summary>The payloads of the pongs that must come, in order.</summary>
    public byte[][] Pongs { get; init; } = [];

    /// <summary>The number of replies that must come.</summary>
    public int Replies { get; init; }

    /// <summary>Headers added to the handshake.</summary>
    public string Headers { get; init; } = "";

    public static FrameCase Fails(int code, params byte[][] writes) => new() { Writes = writes, ClosedWith = code };

    public static FrameCase Answered(params byte[][] writes) => new() { Writes = writes, Replies = 1 };

    public static FrameCase Ignored(params byte[][] writes) => new() { Writes = writes };

    public static FrameCase Ponged(byte[] payload, params byte[][] writes) => new() { Writes = writes, Pongs = [payload] };
}
