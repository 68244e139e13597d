namespace WsCluster.Tests.Chaos.Check;

/// <summary>A channel's whole history, read when all was quiet again.</summary>
internal sealed record ChannelHistory(string Channel, string Epoch, ulong Top, IReadOnlyList<(ulong Offset, PayloadId Payload)> Publications);
