namespace WsCluster.Grains.History;

/// <summary>The activation that a stream works for. A stream calls it on the scheduler that it was called on itself.</summary>
public interface IStreamOwner
{
    /// <summary>
    /// A publication is acknowledged: deliver it. Called in offset order, once for each, and before the append's task ends.
    /// </summary>
    /// <param name="epoch">The stream's epoch; empty without an offset.</param>
    /// <param name="publication">The publication; without an offset when history was skipped or is not kept.</param>
    void Deliver(string epoch, Publication publication);

    /// <summary>The stream is another activation's now, or gone: this one must end. Every further call to the stream fails.</summary>
    /// <param name="reason">What was found, for the log.</param>
    void LoseStream(string reason);

    /// <summary>Appends failed, or nobody knows. Called before their tasks end.</summary>
    /// <returns>True when appends that wait behind them must fail too: they were decided on in the belief that these are there.</returns>
    bool AppendsFailed() => false;
}
