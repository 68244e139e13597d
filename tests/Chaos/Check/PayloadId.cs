namespace WsCluster.Tests.Chaos.Check;

/// <summary>Which publication it is: who published it, and that publisher's count. No two are equal in a run.</summary>
internal readonly record struct PayloadId(int Publisher, long Sequence)
{
    /// <summary>Nothing: no publication has it.</summary>
    public static PayloadId None => default;

    public override string ToString() => $"{Publisher}#{Sequence}";
}
