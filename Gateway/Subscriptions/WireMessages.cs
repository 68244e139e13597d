using System.Text.Unicode;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using Wire = WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Turns the cluster's publications and infos into the protocol's messages.</summary>
internal static class WireMessages
{
    /// <summary>A publication as clients get it, with its full data.</summary>
    public static Wire.Publication ToWire(Publication publication)
    {
        var wire = new Wire.Publication
        {
            // Wrapped, not copied: nobody writes to a publication's bytes again.
            Data = UnsafeByteOperations.UnsafeWrap(publication.Data),
            Offset = publication.Offset,
        };
        if (publication.Info is { } info)
        {
            wire.Info = ToWire(info);
        }

        if (publication.Tags is { } tags)
        {
            wire.Tags.Add(tags);
        }

        return wire;
    }

    /// <summary>The push that tells of a join or leave.</summary>
    public static Reply Announcement(string channel, ClientInfo info, bool joined)
    {
        var push = new Push { Channel = channel };
        if (joined)
        {
            push.Join = new Join { Info = ToWire(info) };
        }
        else
        {
            push.Leave = new Leave { Info = ToWire(info) };
        }

        return new Reply { Push = push };
    }

    /// <summary>A connection's info as other clients see it.</summary>
    public static Wire.ClientInfo ToWire(ClientInfo info) => new()
    {
        User = info.User,
        Client = info.Client,
        ConnInfo = Wrap(info.ConnInfo),
        ChanInfo = Wrap(info.ChanInfo),
    };

    /// <summary>Bytes that may be absent.</summary>
    public static ByteString Wrap(byte[]? bytes) => bytes is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(bytes);

    /// <summary>
    /// A run of publications for one subscriber with delta on: the first one full, each other a delta against the one
    /// before where that is allowed and shorter (§10).
    /// </summary>
    public static IEnumerable<Wire.Publication> WithDeltas(IReadOnlyList<Publication> publications, ProtocolKind protocol)
    {
        Publication? previous = null;
        foreach (var publication in publications)
        {
            yield return WithDelta(previous, publication, protocol);
            previous = publication;
        }
    }

    /// <summary>The publication as a delta against <paramref name="previous"/>, or full where a delta is not possible.</summary>
    public static Wire.Publication WithDelta(Publication? previous, Publication publication, ProtocolKind protocol)
    {
        var wire = ToWire(publication);
        if (publication.Delta && previous is not null && previous.Offset + 1 == publication.Offset
            && FossilDelta.TryCreate(previous.Data, publication.Data, out var delta)
            && (protocol == ProtocolKind.Protobuf || Utf8.IsValid(delta)))
        {
            wire.Data = UnsafeByteOperations.UnsafeWrap(delta);
            wire.Delta = true;
        }

        return wire;
    }
}
