namespace WsCluster.Grains.History;

/// <summary>The last version published in a channel (protocol §22): older and equal ones are not published again.</summary>
internal sealed class PublicationVersion
{
    private ulong _version;
    private string _epoch = "";

    /// <summary>The last version and its epoch.</summary>
    public (ulong Version, string Epoch) Last => (_version, _epoch);

    /// <summary>Goes on with the last version of an activation that is gone.</summary>
    public void Restore(ulong version, string epoch) => (_version, _epoch) = (version, epoch);

    /// <summary>False when the version is not newer. Zero is no version and always passes.</summary>
    public bool TryAdvance(ulong version, string? epoch)
    {
        if (version == 0)
        {
            return true;
        }

        epoch ??= "";
        if (version <= _version && (epoch.Length == 0 || epoch == _epoch))
        {
            return false;
        }

        _version = version;
        _epoch = epoch;
        return true;
    }
}
