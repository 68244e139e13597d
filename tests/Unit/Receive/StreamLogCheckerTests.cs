namespace WsCluster.Tests.Unit.Receive;

/// <summary>A checker that sees nothing is worse than none.</summary>
public sealed class StreamLogCheckerTests
{
    private static readonly string[] Good =
    [
        """{"id":1,"subscribe":{"recoverable":true,"epoch":"e1","offset":1,"positioned":true}}""",
        Push(2),
        Push(3),
        Push(4),
        """{"push":{"channel":"news","unsubscribe":{"code":2500,"reason":"insufficient state"}}}""",
        """{"id":2,"subscribe":{"recoverable":true,"epoch":"e1","recovered":true,"offset":4,"positioned":true,"publications":[{"data":{"e":"e1","o":5},"offset":5}],"was_recovering":true}}""",
        Push(6),
        """{"id":3,"unsubscribe":{}}""",
    ];

    [Fact]
    public void Good_HasNoFault() => StreamLogChecker.Check(Good);

    [Fact]
    public void Dropped_IsFound() => AssertFound([.. Good[..2], .. Good[3..]], "(e1, 4) after (e1, 2)");

    [Fact]
    public void DroppedAfterRecovery_IsFound() => AssertFound([.. Good[..5], Good[5].Replace(",\"publications\":[{\"data\":{\"e\":\"e1\",\"o\":5},\"offset\":5}]", "", StringComparison.Ordinal), Good[6]], "(e1, 6) after (e1, 4)");

    [Fact]
    public void Doubled_IsFound() => AssertFound([.. Good[..3], Good[2], .. Good[3..]], "(e1, 3) after (e1, 3)");

    [Fact]
    public void Swapped_IsFound() => AssertFound([Good[0], Good[2], Good[1], .. Good[3..]], "(e1, 3) after (e1, 1)");

    [Fact]
    public void Reused_IsFound() => AssertFound([.. Good[..2], Push(3).Replace("\"o\":3", "\"o\":9", StringComparison.Ordinal), .. Good[3..]], "an offset that its payload does not have");

    [Fact]
    public void AnotherEpoch_IsFound() => AssertFound([.. Good[..2], Push(3, "e2")], "(e2, 3) after (e1, 2)");

    [Fact]
    public void AfterTheUnsubscribeReply_IsFound() => AssertFound([.. Good, Push(7)], "outside a subscription");

    [Fact]
    public void BeforeTheSubscribeReply_IsFound() => AssertFound([Push(1), .. Good], "outside a subscription");

    [Fact]
    public void AfterTheClose_IsFound() => AssertFound([.. Good, "close 3010 insufficient state", "{}"], "after the close");

    [Fact]
    public void WithoutPosition_DoubledIsFoundAndDroppedIsNot()
    {
        var plain = """{"id":1,"subscribe":{}}""";
        StreamLogChecker.Check([plain, Push(2), Push(4), Push(1, "e2")]);
        AssertFound([plain, Push(2), Push(2)], "2 after 2");
        AssertFound([plain, Push(2), Push(1, "e2"), Push(3)], "epoch e1 again");
    }

    [Fact]
    public void TwoSubscribersWithDifferentPayloads_AreFound()
    {
        var checker = new StreamLogChecker();
        Assert.Null(checker.FindFault(Good));
        Assert.Contains(
            "another payload",
            checker.FindFault([Good[0], Push(2).Replace("\"o\":2", "\"o\":2,\"x\":1", StringComparison.Ordinal)]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void RecoveredFromElsewhere_IsFound()
    {
        var asked = new Dictionary<uint, StreamPosition> { [2] = new(3, "e1") };
        Assert.Contains("another position", new StreamLogChecker().FindFault(Good, asked), StringComparison.Ordinal);
    }

    private static string Push(int offset, string epoch = "e1") => TestClient.Push($$"""{"e":"{{epoch}}","o":{{offset}} }""", offset);

    private static void AssertFound(string[] log, string fault) =>
        Assert.Contains(fault, new StreamLogChecker().FindFault(log), StringComparison.Ordinal);
}
