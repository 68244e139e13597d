using WsCluster.Tests.ChaosSilo;

namespace WsCluster.Tests.Chaos.Check;

/// <summary>What a new subscriber of a channel with a state was handed, and the position that it was told to go on from.</summary>
internal sealed record StateReading(string Channel, string Epoch, ulong Offset, Tally State);

/// <summary>The whole history of such a channel, byte for byte, oldest first.</summary>
internal sealed record StateHistory(string Channel, string Epoch, IReadOnlyList<byte[]> Data);
