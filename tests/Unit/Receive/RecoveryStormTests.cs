using System.Globalization;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>Many clients that come back at once: what their silos are asked.</summary>
public sealed class RecoveryStormTests : IDisposable
{
    private readonly ReceivingGateway _gateway = new(options =>
    {
        options.MaxRecoveryPublications = 20;
        options.MaxRecoveryReads = 4;
    });

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Recover_ThousandAtOnce_ShareTheirReads()
    {
        var channel = _gateway.Channel();
        Publish(channel, 15);
        var reading = new TaskCompletionSource();
        channel.Before = call => call is RecoveryQuery ? reading.Task : Task.CompletedTask;
        var clients = Enumerable.Range(0, 1000).Select(_ => _gateway.Connect()).ToList();

        var subscribing = clients.Select((client, i) => client.SubscribeAsync(TestClient.Positioned, new StreamPosition((ulong)(i % 16), "e1"))).ToList();
        await Wait.UntilAsync("all to read", () => _gateway.Count("recovery.requests") == 1000);
        reading.SetResult();
        await Wait.ForAsync("all to be live", Task.WhenAll(subscribing));

        // The first read had begun for whoever came first; all others share the second. More or fewer by one: some may have come
        // before the first began, or have been counted and not yet been in the second.
        Assert.InRange(channel.CallsOf<RecoveryQuery>().Count, 1, 3);
        Assert.Equal(channel.CallsOf<RecoveryQuery>().Count, _gateway.Count("recovery.reads"));
        for (var i = 0; i < clients.Count; i++)
        {
            await clients[i].ExpectAsync("\"recovered\":true");
            Assert.Equal(15 - (i % 16), clients[i].Log[0].Split("\"data\":").Length - 1);
            StreamLogChecker.Check(clients[i].Log);
        }
    }

    [Fact]
    public async Task Recover_OneTooFarBack_LeavesTheOthersWhole()
    {
        var channel = _gateway.Channel();
        Publish(channel, 100);
        var first = new TaskCompletionSource();
        channel.Before = call => call is RecoveryQuery ? first.Task : Task.CompletedTask;
        var opener = RecoverAsync(99); // its read is under way while the others come
        await Wait.UntilAsync("the first read", () => channel.CallsOf<RecoveryQuery>().Count == 1);

        var far = RecoverAsync(3);
        var edge = RecoverAsync(80);
        var near = RecoverAsync(95);
        var top = RecoverAsync(100);
        await Wait.UntilAsync("all to read", () => _gateway.Count("recovery.requests") == 5);
        first.SetResult();

        Assert.DoesNotContain("\"recovered\":true", await far, StringComparison.Ordinal);
        Assert.Equal(Publications(100), Recovered(await opener));
        Assert.Equal(Publications([.. Enumerable.Range(81, 20)]), Recovered(await edge));
        Assert.Equal(Publications(96, 97, 98, 99, 100), Recovered(await near));
        Assert.Equal("", Recovered(await top));
        Assert.Equal([99, 3, 80], channel.CallsOf<RecoveryQuery>().Select(call => (int)call.AfterOffset));
    }

    [Fact]
    public async Task Recover_ReadFails_IsRepeatedForAll()
    {
        var channel = _gateway.Channel();
        Publish(channel, 3);
        var calls = 0;
        channel.Before = call => call is RecoveryQuery && Interlocked.Increment(ref calls) == 1
            ? Task.FromException(new TimeoutException())
            : Task.CompletedTask;

        var recovering = RecoverAsync(1);
        await _gateway.AdvanceUntilAsync("the repetition", () => recovering.IsCompleted);

        Assert.Equal(Publications(2, 3), Recovered(await recovering));
    }

    [Fact]
    public async Task Recover_SiloHangs_AnotherAttemptIsMade()
    {
        var channel = _gateway.Channel();
        Publish(channel, 3);
        var calls = 0;
        channel.Before = call => call is RecoveryQuery && Interlocked.Increment(ref calls) == 1
            ? new TaskCompletionSource().Task
            : Task.CompletedTask;

        var recovering = RecoverAsync(1);
        await _gateway.AdvanceUntilAsync("the second attempt", () => recovering.IsCompleted);

        Assert.Equal(Publications(2, 3), Recovered(await recovering));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Recover_ManyChannels_ReadFewAtATime()
    {
        var gate = new object();
        var (active, most) = (0, 0);
        var waiting = new Queue<TaskCompletionSource>();
        var names = Enumerable.Range(0, 40).Select(i => $"news{i}").ToList();
        foreach (var name in names)
        {
            Publish(_gateway.Channel(name), 2);
            _gateway.Channel(name).Before = call => call is RecoveryQuery ? EnterAsync() : Task.CompletedTask;
            _gateway.Channel(name).After = call =>
            {
                lock (gate)
                {
                    active -= call is RecoveryQuery ? 1 : 0;
                    return Task.CompletedTask;
                }
            };
        }

        var recovering = names.Select(name => RecoverAsync(1, name)).ToList();
        await Wait.UntilAsync("all to want a read", () => _gateway.Count("recovery.reads.waiting") == 36);
        Assert.Equal(4, _gateway.Count("recovery.reads.active"));
        while (!recovering.TrueForAll(task => task.IsCompleted))
        {
            lock (gate)
            {
                while (waiting.TryDequeue(out var next))
                {
                    next.SetResult();
                }
            }

            await Task.Delay(1);
        }

        Assert.Equal(4, most);
        Assert.Equal(40, _gateway.Count("recovery.reads"));
        Assert.Equal(0, _gateway.Count("recovery.reads.active"));
        Assert.Equal(0, _gateway.Count("recovery.reads.waiting"));
        foreach (var log in await Task.WhenAll(recovering))
        {
            Assert.Equal(Publications(2), Recovered(log));
        }

        Task EnterAsync()
        {
            lock (gate)
            {
                most = Math.Max(most, ++active);
                var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.Enqueue(place);
                return place.Task;
            }
        }
    }

    [Fact]
    public async Task Recover_NoPlaceWithinTheDeadline_ClosesTheConnection()
    {
        _gateway.Options.AttemptTimeout = TimeSpan.FromHours(1); // the first four keep their places
        foreach (var name in Enumerable.Range(0, 4).Select(i => $"hung{i}"))
        {
            _gateway.Channel(name).Before = call => call is RecoveryQuery ? new TaskCompletionSource().Task : Task.CompletedTask;
            _ = RecoverAsync(0, name);
        }

        await Wait.UntilAsync("all places taken", () => _gateway.Count("recovery.reads.active") == 4);
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync(TestClient.Positioned, new StreamPosition(0, "e1"));
        await Wait.UntilAsync("it to wait", () => _gateway.Count("recovery.reads.waiting") == 1);

        await _gateway.AdvanceUntilAsync("the deadline", () => subscribing.IsCompleted);

        Assert.Equal(ErrorCode.Internal, await subscribing);
        Assert.Equal(3004, client.Connection.CloseCode);
    }

    private static void Publish(FakeChannel channel, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            channel.Publish(i.ToString(CultureInfo.InvariantCulture));
        }
    }

    private async Task<string> RecoverAsync(ulong from, string channel = "news")
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync(TestClient.Positioned, new StreamPosition(from, "e1"), channel: channel);
        await Wait.UntilAsync("the reply", () => client.Log.Count > 0);
        return client.Log[0];
    }

    private static string Recovered(string reply)
    {
        Assert.Contains("\"recovered\":true", reply, StringComparison.Ordinal);
        var start = reply.IndexOf("\"publications\":", StringComparison.Ordinal);
        return start < 0 ? "" : reply[start..(reply.IndexOf(']', start) + 1)];
    }

    private static string Publications(params int[] offsets) =>
        "\"publications\":[" + string.Join(',', offsets.Select(o => $$"""{"data":{{o}},"offset":{{o}}}""")) + "]";
}
