namespace WsCluster.Gateway.Ledgers;

/// <summary>The memory that the ledgers of all channels of a gateway may take. Past it a ledger keeps the size that it has.</summary>
internal sealed class LedgerSpace
{
    /// <summary>Bytes of all ledgers.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    private long _used;

    /// <summary>Bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes, unless there would be too many.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= MaxBytes)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
