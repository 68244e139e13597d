using System.IO.Compression;
using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Frames;

/// <summary>
/// Compression (RFC 7692) without a token in the handshake: whatever a client offers, it is agreed to nothing, plain messages are
/// answered and compressed ones are errors, however much they would inflate to.
/// </summary>
internal static class DeflateCases
{
    private static readonly string[] Offers =
    [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=99999999999",
        "permessage-deflate; server_max_window_bits=\"",
        "permessage-deflate; no_such_parameter=1",
        "permessage-deflate, permessage-deflate, permessage-bzip2",
        "x-webkit-deflate-frame",
        ";;,,;=,",
    ];

    public static IReadOnlyDictionary<string, FrameCase> All { get; } = Offers.SelectMany(Of).ToDictionary(c => c.Name, c => c.Case);

    private static IEnumerable<(string Name, FrameCase Case)> Of(string offer)
    {
        const int ProtocolError = 1002;
        const int Rsv1 = 4;
        var headers = $"Sec-WebSocket-Extensions: {offer}\r\n";
        yield return ($"plain after the offer {offer}", FrameCase.Answered(Frame.Of(Frame.TextOpcode, Frame.Publish([]))) with { Headers = headers });
        yield return ($"a bomb after the offer {offer}", FrameCase.Fails(ProtocolError, Frame.Of(Frame.TextOpcode, Bomb(), rsv: Rsv1)) with { Headers = headers });
    }

    /// <summary>Ten megabytes in ten kilobytes.</summary>
    private static byte[] Bomb()
    {
        using var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(new byte[10_000_000]);
        }

        return bytes.ToArray();
    }
}
