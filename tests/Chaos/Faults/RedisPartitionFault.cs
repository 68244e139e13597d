using WsCluster.Tests.Chaos.Network;

namespace WsCluster.Tests.Chaos.Faults;

/// <summary>
/// One silo loses Redis while the others keep it: its connections stay open and silent (half-open), or break and are refused.
/// </summary>
internal sealed class RedisPartitionFault(bool halfOpen, TimeSpan duration) : IFault
{
    public string Name => $"silo-Redis {(halfOpen ? "half-open" : "cut")} for {duration.TotalSeconds:0} s";

    public async Task RunAsync(FaultScene scene)
    {
        var silo = scene.AnySilo();
        scene.Notes.Add(silo.Name);
        scene.Strike();
        silo.Redis.Carriage = halfOpen ? Carriage.HalfOpen : Carriage.Cut;
        await Task.Delay(duration);
        silo.Redis.Carriage = Carriage.Open;
    }
}
