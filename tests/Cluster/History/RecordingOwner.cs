using System.Text;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Cluster.History;

/// <summary>The activation of a stream: records what it is told.</summary>
internal sealed class RecordingOwner : IStreamOwner
{
    public List<Publication> Delivered { get; } = [];

    public HashSet<string> Epochs { get; } = [];

    public string? LostBecause { get; private set; }

    public IEnumerable<string> Texts => Delivered.Select(publication => Encoding.UTF8.GetString(publication.Data));

    public void Deliver(string epoch, Publication publication)
    {
        Delivered.Add(publication);
        Epochs.Add(epoch);
    }

    public void LoseStream(string reason) => LostBecause = reason;
}
