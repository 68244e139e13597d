namespace WsCluster.Tests.Unit.ServerApi;

public class ApiBatchTests
{
    [Fact]
    public async Task Batch_Commands_RunInOrderAndHaveNoOuterResult()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.CallAsync("batch", """
            {"commands":[
              {"publish":{"channel":"chat:a","data":1}},
              {"nothing":{}},
              {},
              {"publish":null},
              {"batch":{"commands":[]}},
              {"presence":{"channel":"plain"}},
              {"history":{"channel":"chat:a"}},
              {"unsubscribe":{"user":"42"}}]}
            """);

        Assert.Equal(
            """{"replies":[{"publish":{"offset":7,"epoch":"e1"}},{"error":{"code":104,"message":"not found"}},{"error":{"code":104,"message":"not found"}},{"error":{"code":104,"message":"not found"}},{"error":{"code":104,"message":"not found"}},{"error":{"code":108,"message":"not available"}},{"history":{"publications":[],"epoch":"e1","offset":0}},{"unsubscribe":{}}]}""",
            answer);
        Assert.Equal([typeof(PublishRequest), typeof(HistoryQuery)], api.Grains.Calls.Select(call => call.Call.GetType()));
    }

    [Fact]
    public async Task Batch_Empty_HasNoReplies()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"replies":[]}""", await api.CallAsync("batch", "{}"));
    }

    [Fact]
    public async Task Batch_InOrder_WaitsForEachCommand()
    {
        await using var api = await ApiHost.StartAsync();
        var (firstIsOver, secondCameEarly) = (false, false);
        var first = new TaskCompletionSource<StreamPosition>();
        var started = new TaskCompletionSource();
        api.Grains.OnPublish = (channel, _) =>
        {
            started.TrySetResult();
            secondCameEarly |= channel == "chat:2" && !firstIsOver;
            return channel == "chat:1" ? first.Task : Task.FromResult(new StreamPosition(2, "e"));
        };

        var batch = api.CallAsync("batch", """{"commands":[{"publish":{"channel":"chat:1","data":1}},{"publish":{"channel":"chat:2","data":2}}]}""");
        await Wait.ForAsync("the first command", started.Task);

        // A later call that is answered meanwhile: the second command had time to come, and must not have.
        Assert.Equal("""{"replies":[]}""", await api.CallAsync("batch", "{}"));
        Assert.Equal("chat:1", Assert.Single(api.Grains.Calls).Key);
        firstIsOver = true;
        first.SetResult(new StreamPosition(1, "e"));

        Assert.Equal("""{"replies":[{"publish":{"offset":1,"epoch":"e"}},{"publish":{"offset":2,"epoch":"e"}}]}""", await batch);
        Assert.False(secondCameEarly);
    }

    [Fact]
    public async Task Batch_Parallel_RunsAllAtOnceAndRepliesInOrder()
    {
        await using var api = await ApiHost.StartAsync();
        var first = new TaskCompletionSource<StreamPosition>();
        api.Grains.OnPublish = (channel, _) =>
        {
            if (channel == "chat:1")
            {
                return first.Task;
            }

            first.TrySetResult(new StreamPosition(1, "e")); // the first command can end only because the second runs
            return Task.FromResult(new StreamPosition(2, "e"));
        };

        var answer = await api.CallAsync("batch", """{"parallel":true,"commands":[{"publish":{"channel":"chat:1","data":1}},{"publish":{"channel":"chat:2","data":2}}]}""");

        Assert.Equal("""{"replies":[{"publish":{"offset":1,"epoch":"e"}},{"publish":{"offset":2,"epoch":"e"}}]}""", answer);
    }

    [Fact]
    public async Task Batch_OneCommandUndecodable_RunsNothing()
    {
        await using var api = await ApiHost.StartAsync();

        var (status, _) = await api.SendAsync("/api/batch", """{"commands":[{"publish":{"channel":"chat:a","data":1}},{"publish":{"channel":5}}]}""");

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, status);
        Assert.Empty(api.Grains.Calls);
    }

    [Fact]
    public async Task Batch_TooManyCommands_IsBadRequest()
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:MaxBatchCommands", "1"));

        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync("batch", """{"commands":[{"info":{}},{"info":{}}]}"""));
    }
}
