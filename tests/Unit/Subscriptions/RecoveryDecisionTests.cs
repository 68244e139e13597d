using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Unit.Subscriptions;

/// <summary>Protocol §8.3 and §8.4.</summary>
public sealed class RecoveryDecisionTests
{
    [Theory]
    [InlineData(5, "e", new ulong[0], 5, true)]
    [InlineData(5, "e", new ulong[] { 6, 7 }, 7, true)]
    [InlineData(5, "", new ulong[] { 6, 7 }, 7, true)] // an empty epoch matches any
    [InlineData(5, null, new ulong[] { 6, 7 }, 7, true)]
    [InlineData(0, "", new ulong[] { 1 }, 1, true)]
    [InlineData(0, "", new ulong[0], 0, true)]
    [InlineData(5, "other", new ulong[] { 6, 7 }, 7, false)]
    [InlineData(5, "other", new ulong[0], 5, false)]
    [InlineData(5, "e", new ulong[0], 7, false)] // trimmed
    [InlineData(5, "e", new ulong[] { 7 }, 7, false)] // trimmed in part
    [InlineData(5, "e", new ulong[] { 6, 7 }, 8, false)] // more than the limit
    [InlineData(9, "e", new ulong[0], 7, false)] // the client is ahead of the stream
    public void Stream_WhatWasRead_RecoversAllOrNothing(ulong asked, string? epoch, ulong[] read, ulong top, bool recovered)
    {
        var publications = read.Select(At).ToList();

        var decision = RecoveryDecision.Stream(new StreamPosition(asked, epoch!), publications, new StreamPosition(top, "e"));

        Assert.Equal(recovered, decision.Recovered);
        Assert.Equal(recovered ? publications : [], decision.Publications);
    }

    [Theory]
    [InlineData(5, "e", 0, 5, true, false)] // no latest, nothing missed
    [InlineData(4, "e", 0, 5, false, false)]
    [InlineData(0, "", 0, 0, false, false)]
    [InlineData(5, "e", 5, 5, true, false)] // the client has it
    [InlineData(4, "e", 5, 5, true, true)]
    [InlineData(0, "", 5, 5, true, true)] // first subscribe
    [InlineData(5, "other", 5, 5, true, true)]
    [InlineData(5, "", 5, 5, true, true)] // an empty epoch is not the same one
    [InlineData(4, "e", 4, 5, false, false)] // the latest was skipped or trimmed
    [InlineData(5, "e", 4, 5, false, false)]
    public void Cache_Latest_IsGivenUnlessKnown(ulong asked, string epoch, ulong latest, ulong top, bool recovered, bool given)
    {
        var publication = latest == 0 ? null : At(latest);

        var decision = RecoveryDecision.Cache(new StreamPosition(asked, epoch), publication, new StreamPosition(top, "e"));

        Assert.Equal(recovered, decision.Recovered);
        Assert.Equal(given ? [publication!] : [], decision.Publications);
    }

    private static Publication At(ulong offset) => new() { Offset = offset, Data = [] };
}
