using System.Text;

namespace WsCluster.Grains.History;

/// <summary>What publications and keys take in memory, and nearly so on the wire: their bytes and a round figure for the objects.</summary>
internal static class StreamSize
{
    private const int PublicationOverhead = 128;
    private const int KeyOverhead = 160;

    public static long Of(Publication publication)
    {
        long size = PublicationOverhead + publication.Data.Length + (publication.Info?.ConnInfo?.Length ?? 0) + (publication.Info?.ChanInfo?.Length ?? 0);
        if (publication.Tags is not { } tags)
        {
            return size;
        }

        foreach (var (name, value) in tags)
        {
            size += PublicationOverhead + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return size;
    }

    public static long OfKey(string key) => KeyOverhead + (2 * key.Length);
}
