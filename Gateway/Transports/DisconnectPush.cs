using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Transports;

/// <summary>The last message of transports that have no close frame to carry code and reason (protocol §24).</summary>
internal static class DisconnectPush
{
    /// <summary>Encodes it for a connection's protocol.</summary>
    public static bool TryEncode(IProtocolCodec codec, int code, string reason, out byte[] message) =>
        codec.TryEncode(
            new Reply { Push = new Push { Disconnect = new Disconnect { Code = (uint)code, Reason = reason } } }, deltaData: false, out message);
}
