namespace WsCluster.Tests.Simulation.World;

/// <summary>Kinds of trouble. Each schedule has some of them: all at once would hide what two of them do.</summary>
[Flags]
internal enum Faults
{
    None = 0,
    Loss = 1,
    Delay = 2,
    Break = 4,
    Repeat = 8,
    GatewayCrash = 16,
    SiloCrash = 32,
    SiloStop = 64,
    Move = 128,
    Removal = 256,
    SlowClient = 512,
    All = 1023,
}
