namespace WsCluster.Client.Protocol;

/// <summary>A frame that nobody asked for.</summary>
internal sealed record Push : IIncoming<Push>
{
    private static readonly FieldNames Fields = new(
        ("channel", 2), ("pub", 4), ("join", 5), ("leave", 6), ("unsubscribe", 7), ("message", 8), ("subscribe", 9), ("disconnect", 11));

    public string Channel { get; private set; } = "";

    public Publication? Publication { get; private set; }

    public Member? Join { get; private set; }

    public Member? Leave { get; private set; }

    public EndOfLife? Unsubscribe { get; private set; }

    public RpcResult? Message { get; private set; }

    public SubscribePush? Subscribe { get; private set; }

    public EndOfLife? Disconnect { get; private set; }

    public static Push Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var push = new Push();
        while (reader.Next(Fields, out var number))
        {
            switch (number)
            {
                case 2:
                    push.Channel = reader.Text();
                    break;
                case 4:
                    push.Publication = reader.Message<Publication>();
                    break;
                case 5:
                    push.Join = reader.Message<Member>();
                    break;
                case 6:
                    push.Leave = reader.Message<Member>();
                    break;
                case 7:
                    push.Unsubscribe = reader.Message<UnsubscribePush>().End;
                    break;
                case 8:
                    push.Message = reader.Message<RpcResult>();
                    break;
                case 9:
                    push.Subscribe = reader.Message<SubscribePush>();
                    break;
                case 11:
                    push.Disconnect = reader.Message<EndOfLife>();
                    break;
            }
        }

        return push;
    }
}
