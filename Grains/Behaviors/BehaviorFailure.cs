namespace WsCluster.Grains.Behaviors;

/// <summary>The ways in which application code's no, or failure, reaches a caller as an exception.</summary>
internal static class BehaviorFailure
{
    /// <summary>The behavior said no.</summary>
    public static WsClusterException Refusal(Denial denial) => new(denial);

    /// <summary>The behavior threw. Nobody repeats this by himself: it would most likely throw again.</summary>
    public static WsClusterException Thrown(Exception exception) =>
        exception is WsClusterException own ? own : new WsClusterException(Denial.Of(ErrorCode.Internal) with { IsTemporary = false });

    /// <summary>The instance is given up: a repeat of the call finds another one.</summary>
    public static WsClusterException GivenUp() => new(ErrorCode.Internal, "The channel's behavior is started anew: try again.");

    /// <summary>It was decided on something that then did not come to be.</summary>
    public static WsClusterException Overtaken() => new(ErrorCode.Internal, "An earlier publication that this was decided on did not come to be: try again.");

    /// <summary>What a call published did not come to be: the store is away, or the publication is not one.</summary>
    public static WsClusterException NotPublished() => new(ErrorCode.Internal, "What the call publishes could not be published.");

    /// <summary>More waits for the behavior than may.</summary>
    public static WsClusterException TooMuch() => new(ErrorCode.TooManyRequests, "Too much waits for the channel's behavior.");
}
