using Orleans.Runtime;

namespace WsCluster.Routing;

/// <summary>
/// References to channels, for the paths where each publication needs one. <c>GetGrain&lt;T&gt;</c> reads the interface's
/// attributes by reflection at every call (7 % of all time in the measured publish path); the types are looked up once here.
/// </summary>
public sealed class ChannelReferences
{
    private readonly IGrainFactory _grains;
    private readonly Lazy<(GrainType Grain, GrainInterfaceType Interface)?> _types;

    /// <param name="grains">Makes the references.</param>
    public ChannelReferences(IGrainFactory grains)
    {
        _grains = grains;
        _types = new Lazy<(GrainType, GrainInterfaceType)?>(() =>
            grains.Find<IChannelRouting>("any") is GrainReference any ? (any.GrainId.Type, any.InterfaceType) : null,
            LazyThreadSafetyMode.PublicationOnly); // fails until the process has joined the cluster
    }

    /// <summary>The channel with this name.</summary>
    /// <exception cref="WsClusterException">100: this process has not joined the cluster yet.</exception>
    public IChannelRouting For(string channel) => _types.Value is var (grain, contract)
        ? (IChannelRouting)_grains.GetGrain(GrainId.Create(grain, channel), contract)
        : _grains.GetGrain<IChannelRouting>(channel); // a factory whose references are not Orleans'
}
