using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Channels;
using WsCluster.Grains.History;
using WsCluster.Grains.Limits;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains;

public sealed class ChannelEntranceTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ChannelOptions _options = new() { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(5), PublicationDataFormat = DataFormat.Json };
    private readonly LiveChannels _channels = new();
    private readonly Owner _owner = new();
    private readonly IChannelStream _stream;
    private bool _mayEnter = true;

    public ChannelEntranceTests() => _stream = new MemoryChannelStream(
        _options,
        _owner,
        new FakeTimeProvider(),
        new GrainMetrics(_services.GetRequiredService<IMeterFactory>()),
        new SiloLimits(Options.Create(new SiloLimitOptions())));

    public void Dispose() => _services.Dispose();

    [Fact]
    public void FromManyThreads_EachPublicationGetsItsOffset_AndIsDeliveredInOrder()
    {
        const int threads = 4, each = 2_000;
        Open();
        var offsets = new ulong[threads][];

        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            offsets[thread] = new ulong[each];
            var outcomes = new PublishOutcome[1];
            for (var i = 0; i < each; i++)
            {
                // Every other one as the activation itself does it.
                offsets[thread][i] = i % 2 == 0 && _channels.TryPublish("a", [Request("1")], outcomes)
                    ? outcomes[0].Position.Offset
                    : _stream.AppendAsync(Request("1")).AsTask().Result.Offset;
            }
        });

        var all = Enumerable.Range(1, threads * each).Select(i => (ulong)i).ToArray();
        Assert.Equal(all, _owner.Delivered);
        Assert.Equal(all, offsets.SelectMany(own => own).Order());
        Assert.All(offsets, own => Assert.Equal(own.Order(), own));
    }

    [Fact]
    public void ARefusedPublication_ConcernsNoOther()
    {
        Open();
        var outcomes = new PublishOutcome[3];

        Assert.True(_channels.TryPublish("a", [Request("1"), Request("no json"), Request("2")], outcomes));

        Assert.Equal([ErrorCode.None, ErrorCode.BadRequest, ErrorCode.None], outcomes.Select(outcome => outcome.Error));
        Assert.Equal([1UL, 2UL], _owner.Delivered);
    }

    [Fact]
    public void Closed_TakesNothing()
    {
        var entrance = Open();
        _channels.Close("a", entrance);

        Assert.False(_channels.TryPublish("a", [Request("1")], new PublishOutcome[1]));
        Assert.False(entrance.TryPublish([Request("1")], new PublishOutcome[1])); // also by whoever has found it before
        Assert.Empty(_owner.Delivered);
    }

    [Fact]
    public void Close_OfAnOlderEntrance_LeavesTheNewerOpen()
    {
        var older = Open();
        Open();

        _channels.Close("a", older);

        Assert.True(_channels.TryPublish("a", [Request("1")], new PublishOutcome[1]));
    }

    [Fact]
    public void WhatOnlyTheActivationCanDo_IsLeftToIt()
    {
        Open();
        _mayEnter = false;

        Assert.False(_channels.TryPublish("a", [Request("1")], new PublishOutcome[1]));
        Assert.False(_channels.TryPublish("another", [Request("1")], new PublishOutcome[1]));
        Assert.Empty(_owner.Delivered);
    }

    private static PublishRequest Request(string data) => new() { Data = System.Text.Encoding.UTF8.GetBytes(data) };

    private ChannelEntrance Open()
    {
        var entrance = new ChannelEntrance(_stream, _options, () => _mayEnter);
        _channels.Open("a", entrance);
        return entrance;
    }

    private sealed class Owner : IStreamOwner
    {
        public List<ulong> Delivered { get; } = [];

        public void Deliver(string epoch, Publication publication) => Delivered.Add(publication.Offset);

        public void LoseStream(string reason) => throw new InvalidOperationException(reason);
    }
}
