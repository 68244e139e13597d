using WsCluster.Client.Protocol;

namespace WsCluster.Client;

/// <summary>A part of a channel's history.</summary>
public sealed record HistoryPage : IIncoming<HistoryPage>
{
    private static readonly FieldNames Fields = new(("publications", 1), ("epoch", 2), ("offset", 3));

    /// <summary>The publications, in the order asked for.</summary>
    public IReadOnlyList<Publication> Publications { get; internal init; } = [];

    /// <summary>The end of the stream at that moment.</summary>
    public StreamPosition Position { get; private init; } = StreamPosition.None;

    static HistoryPage IIncoming<HistoryPage>.Read<TReader>(ref TReader reader)
    {
        var publications = new List<Publication>();
        var position = StreamPosition.None;
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 1:
                    reader.Messages(publications);
                    break;
                case 2:
                    position = position with { Epoch = reader.Text() };
                    break;
                case 3:
                    position = position with { Offset = reader.Number() };
                    break;
            }
        }

        return new HistoryPage { Publications = publications, Position = position };
    }
}
