using System.Buffers;

namespace WsCluster.Client.Protocol;

/// <summary>One encoding of the protocol.</summary>
internal interface ICodec
{
    /// <summary>The name to offer for it in the WebSocket handshake; null for none.</summary>
    string? Subprotocol { get; }

    /// <summary>Whether its frames are text.</summary>
    bool IsText { get; }

    /// <summary>Appends a command to a frame that may have some already.</summary>
    /// <exception cref="ArgumentException">Its data cannot be written in this encoding. The frame is as it was.</exception>
    void Append(ArrayBufferWriter<byte> frame, Command command);

    /// <summary>Reads all replies of a frame, in order.</summary>
    /// <exception cref="Exception">Undecodable.</exception>
    void Read(ReadOnlySpan<byte> frame, List<Reply> into);
}
