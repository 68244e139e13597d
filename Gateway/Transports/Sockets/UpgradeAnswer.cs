using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>What an upgrade is answered.</summary>
/// <param name="Head">The answer's bytes.</param>
/// <param name="Protocol">What is spoken then.</param>
/// <param name="Extension">The extension that was agreed; null for none.</param>
/// <param name="Pings">How the client is pinged.</param>
internal sealed record UpgradeAnswer(byte[] Head, ProtocolKind Protocol, string? Extension, PingKind Pings);
