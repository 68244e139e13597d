namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// An atomic set as its publisher saw it, with all its repeats: the same payload in each of its channels. Its publications are
/// recorded one by one as well.
/// </summary>
internal sealed record SetRecord(PayloadId Payload, IReadOnlyList<string> Channels, PublishOutcome Outcome);
