namespace WsCluster.Client.Protocol;

/// <summary>Who joined or left.</summary>
internal sealed record Member : IIncoming<Member>
{
    private static readonly FieldNames Fields = new(("info", 1));

    public ClientInfo Info { get; private set; } = new() { User = "", Client = "" };

    public static Member Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var member = new Member();
        while (reader.Next(Fields, out _))
        {
            member.Info = reader.Message<ClientInfo>();
        }

        return member;
    }
}

/// <summary>Code and reason of the end of a connection.</summary>
internal sealed record EndOfLife(int Code, string Reason) : IIncoming<EndOfLife>
{
    private static readonly FieldNames Fields = new(("code", 1), ("reason", 2));

    public static EndOfLife Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var end = new EndOfLife(0, "");
        while (reader.Next(Fields, out var number))
        {
            end = number == 1 ? end with { Code = (int)reader.Number() } : end with { Reason = reader.Text() };
        }

        return end;
    }
}

/// <summary>Code and reason of the end of a subscription: the same under other numbers.</summary>
internal sealed record UnsubscribePush : IIncoming<UnsubscribePush>
{
    private static readonly FieldNames Fields = new(("code", 2), ("reason", 3));

    public EndOfLife End { get; private set; } = new(0, "");

    public static UnsubscribePush Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var push = new UnsubscribePush();
        while (reader.Next(Fields, out var number))
        {
            push.End = number == 2 ? push.End with { Code = (int)reader.Number() } : push.End with { Reason = reader.Text() };
        }

        return push;
    }
}

/// <summary>A subscription that the server made after the connect.</summary>
internal sealed record SubscribePush : IIncoming<SubscribePush>
{
    private static readonly FieldNames Fields = new(("recoverable", 1), ("epoch", 4), ("offset", 5), ("positioned", 6), ("data", 7));

    public bool Recoverable { get; private set; }

    public bool Positioned { get; private set; }

    public StreamPosition Position { get; private set; } = StreamPosition.None;

    public ReadOnlyMemory<byte> Data { get; private set; }

    public static SubscribePush Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var push = new SubscribePush();
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 1:
                    push.Recoverable = reader.Flag();
                    break;
                case 4:
                    push.Position = push.Position with { Epoch = reader.Text() };
                    break;
                case 5:
                    push.Position = push.Position with { Offset = reader.Number() };
                    break;
                case 6:
                    push.Positioned = reader.Flag();
                    break;
                case 7:
                    push.Data = reader.Data();
                    break;
            }
        }

        return push;
    }
}
