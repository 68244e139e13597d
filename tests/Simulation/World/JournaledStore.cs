using System.Text;
using WsCluster.Configuration;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Simulation.World;

/// <summary>Opens the streams of a silo's channels, real ones in memory or simulated durable ones, and writes down what they commit.</summary>
internal sealed class JournaledStore(SimulatedCluster world, IHistoryStore memory) : IHistoryStore
{
    public IChannelStream Open(string channel, ChannelOptions options, IStreamOwner owner)
    {
        if (!options.IsInRedis)
        {
            world.Journal.Opened(channel);
        }

        var stream = options.IsInRedis
            ? new DurableStream(world, world.DurableLog(channel), owner)
            : memory.Open(channel, options, new JournaledOwner(world, channel, owner));
        return world.Tampering.ForgetsKeys ? new ForgetfulStream(stream) : stream;
    }

    /// <summary>In memory, what is delivered is what was committed.</summary>
    private sealed class JournaledOwner(SimulatedCluster world, string channel, IStreamOwner owner) : IStreamOwner
    {
        public void Deliver(string epoch, Publication publication)
        {
            var payload = Encoding.UTF8.GetString(publication.Data);
            world.Trace?.Add($"{channel} {world.Trace.Name("e", epoch)}/{publication.Offset} = {payload}");
            world.Journal.Committed(channel, epoch, publication.Offset, payload);
            owner.Deliver(epoch, publication);
        }

        public void LoseStream(string reason) => owner.LoseStream(reason);
    }

    /// <summary>Broken on purpose: every repeat is taken for a new publication.</summary>
    private sealed class ForgetfulStream(IChannelStream stream) : IChannelStream
    {
        public ValueTask<StreamPosition> AppendAsync(PublishRequest request) => stream.AppendAsync(request with { IdempotencyKey = null });

        public ValueTask<StreamPosition?> FindAsync(string idempotencyKey) => stream.FindAsync(idempotencyKey);

        public ValueTask SettleAsync() => stream.SettleAsync();

        public ValueTask<StreamPosition> GetTopAsync() => stream.GetTopAsync();

        public ValueTask<Publication?> GetLatestAsync() => stream.GetLatestAsync();

        public ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit) => stream.ReadAfterAsync(after, limit);

        public ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit) => stream.ReadBeforeAsync(before, limit);

        public ValueTask RemoveAsync() => stream.RemoveAsync();

        public DateTimeOffset? Trim() => stream.Trim();

        public void Close() => stream.Close();

        public DateTimeOffset KeepUntil() => stream.KeepUntil();
    }
}
