namespace WsCluster.Client.Protocol;

/// <summary>The answer to a subscribe, and what a connect says of each server-side subscription.</summary>
internal sealed record SubscribeResult : IIncoming<SubscribeResult>
{
    private static readonly FieldNames Fields = new(
        ("expires", 1), ("ttl", 2), ("recoverable", 3), ("epoch", 6), ("publications", 7), ("recovered", 8), ("offset", 9), ("positioned", 10),
        ("data", 11), ("was_recovering", 12), ("delta", 13));

    public Expiry Expiry { get; private set; }

    public bool Recoverable { get; private set; }

    public StreamPosition Position { get; private set; } = StreamPosition.None;

    public List<Publication> Publications { get; } = [];

    public bool Recovered { get; private set; }

    public bool Positioned { get; private set; }

    public ReadOnlyMemory<byte> Data { get; private set; }

    public bool WasRecovering { get; private set; }

    public bool Delta { get; private set; }

    public static SubscribeResult Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var result = new SubscribeResult();
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 1:
                    result.Expiry = result.Expiry with { Expires = reader.Flag() };
                    break;
                case 2:
                    result.Expiry = result.Expiry with { Ttl = TimeSpan.FromSeconds(reader.Number()) };
                    break;
                case 3:
                    result.Recoverable = reader.Flag();
                    break;
                case 6:
                    result.Position = result.Position with { Epoch = reader.Text() };
                    break;
                case 7:
                    reader.Messages(result.Publications);
                    break;
                case 8:
                    result.Recovered = reader.Flag();
                    break;
                case 9:
                    result.Position = result.Position with { Offset = reader.Number() };
                    break;
                case 10:
                    result.Positioned = reader.Flag();
                    break;
                case 11:
                    result.Data = reader.Data();
                    break;
                case 12:
                    result.WasRecovering = reader.Flag();
                    break;
                case 13:
                    result.Delta = reader.Flag();
                    break;
            }
        }

        return result;
    }
}
