using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Commands;

/// <summary>How an <see cref="ErrorCode"/> looks in a reply (protocol §16).</summary>
internal static class ErrorReply
{
    /// <summary>The reply's error.</summary>
    public static Error ToWire(this ErrorCode error) => new()
    {
        Code = (uint)error,
        Message = error.Message(),
        Temporary = error.IsTemporary(),
    };
}
