using WsCluster.Routing;
using WsCluster.Tests.Simulation.World;

namespace WsCluster.Tests.Simulation.Checks;

/// <summary>A behavior's state is what its channel's publications make, up to where the channel's stream is.</summary>
internal static class StateCheck
{
    private static readonly ChannelCall Ask = new()
    {
        Method = "state",
        Caller = new Caller { Info = new ClientInfo { User = "", Client = "check" } },
        Data = [],
    };

    /// <summary>What is wrong with the state of an activation at rest, or that it is not at rest; null for nothing.</summary>
    public static string? Find(SimulatedCluster world, ChannelActivation activation)
    {
        if (!world.Options(activation.Channel).Behavior)
        {
            return null;
        }

        var asked = activation.Grain.CallAsync(Ask);
        var read = activation.Grain.RecoverAsync(new RecoveryQuery { AfterOffset = 0, Limit = 0 });
        if (!asked.IsCompletedSuccessfully || !read.IsCompletedSuccessfully)
        {
            return $"{activation.Channel}'s behavior is busy";
        }

        var top = read.Result.Top;
        return Chain.Read(asked.Result.Data) == Chain.Of(world.Journal, activation.Channel, top.Epoch, top.Offset)
            ? null
            : $"{activation.Channel}'s state is not what its {top.Offset} publications make";
    }
}
