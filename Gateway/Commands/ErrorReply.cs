using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Commands;

/// <summary>How a refusal looks in a reply (protocol §16).</summary>
internal static class ErrorReply
{
    /// <summary>The reply's error.</summary>
    public static Error ToWire(this ErrorCode error) => Denial.Of(error).ToWire();

    /// <inheritdoc cref="ToWire(ErrorCode)"/>
    public static Error ToWire(this Denial reason) => new()
    {
        Code = (uint)reason.Code,
        Message = reason.Reason,
        Temporary = reason.IsTemporary,
    };
}
