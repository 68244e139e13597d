namespace WsCluster.Gateway.Limits;

/// <summary>One connection in the count of its address; of an address that is not limited, nothing.</summary>
internal readonly struct AddressPlace(AddressLimits limits, AddressKey key) : IDisposable
{
    /// <summary>Leaves the place; call it once.</summary>
    public void Dispose() => limits?.Leave(key);
}
