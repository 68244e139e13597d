using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Commands;

/// <summary>Carries out one kind of command. It queues its own result; what it refuses it returns.</summary>
internal interface ICommandHandler
{
    /// <summary>
    /// Carries the command out. Commands of a connection come one at a time. A failure of the cluster may be thrown; the
    /// client then gets error 100.
    /// </summary>
    ValueTask<Refusal> HandleAsync(Connection connection, Command command);
}
