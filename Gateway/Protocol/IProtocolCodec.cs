using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Decodes the frames of one protocol and encodes its replies. Stateless and safe for concurrent use.</summary>
internal interface IProtocolCodec
{
    /// <summary>The protocol this codec speaks.</summary>
    ProtocolKind Kind { get; }

    /// <summary>True when the client sends nothing but its connect request and gets bare pushes (protocol §25).</summary>
    bool IsUnidirectional => false;

    /// <summary>What goes between two messages that share a frame: a newline in JSON, nothing in Protobuf.</summary>
    ReadOnlySpan<byte> Separator { get; }

    /// <summary>
    /// Takes the next command off the front of <paramref name="frame"/>. Never throws, whatever the bytes are. End on
    /// the first read means that the frame held no command at all, which is for the caller to refuse (protocol §2).
    /// </summary>
    /// <param name="frame">What is left of the frame; its bytes may be reused after the call, the command copies them.</param>
    /// <param name="command">The command, or null unless the result is <see cref="CommandReadStatus.Command"/>.</param>
    /// <param name="maxJsonDepth">How deep a command in JSON may nest; Protobuf's own parser has a limit of its own.</param>
    CommandReadStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command, int maxJsonDepth = JsonInput.DefaultMaxDepth);

    /// <summary>Encodes one whole message: a JSON object without a newline, or Protobuf with its length before it.</summary>
    /// <param name="reply">The reply or push; an empty one is the ping.</param>
    /// <param name="deltaData">
    /// True when it belongs to a subscription with delta on: in JSON, the data of its publications are then strings
    /// (protocol §10). Without effect on history results, and in Protobuf.
    /// </param>
    /// <param name="message">The encoded message, shared by every connection of this protocol; empty on failure.</param>
    /// <returns>
    /// False when bytes cannot be put into JSON: data that are not one JSON value, or a delta that is not UTF-8. The
    /// answer to the former is <see cref="DisconnectCode.InappropriateProtocol"/>, to the latter the full data.
    /// </returns>
    bool TryEncode(Reply reply, bool deltaData, out byte[] message);
}
