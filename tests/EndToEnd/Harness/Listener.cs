using System.Text.Json.Nodes;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>
/// Stays subscribed to one channel over one connection as an SDK would: subscribes again with its position when the server ends
/// the subscription for want of it (2500). Records what it gets; a closed connection is a failure.
/// </summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly WireClient _client;
    private readonly Lock _lock = new(); // guards the fields below
    private readonly List<string> _received = [];
    private readonly List<string> _epochs = [];
    private Exception? _failure;
    private ulong _offset;
    private int _id = 1;
    private int _unrecovered;

    private Listener(WireClient client, string channel)
    {
        _client = client;
        Channel = channel;
    }

    /// <summary>The channel.</summary>
    public string Channel { get; }

    /// <summary>The data of all publications, in the order of their arrival.</summary>
    public IReadOnlyList<string> Received => Locked(() => _received.ToArray());

    /// <summary>The epochs that subscribe replies named, without repeats in a row.</summary>
    public IReadOnlyList<string> Epochs => Locked(() => _epochs.ToArray());

    /// <summary>How often a subscription began anew without what was missed.</summary>
    public int Unrecovered => Locked(() => _unrecovered);

    /// <summary>Connects and subscribes.</summary>
    /// <remarks>It listens until it is disposed of: the test decides how long to wait for what.</remarks>
    public static async Task<Listener> StartAsync(GatewayProcess gateway, string channel)
    {
        var listener = new Listener(await WireClient.ConnectAsync(gateway, Timeout.InfiniteTimeSpan), channel);
        await listener.SubscribeAsync();
        listener.Take(await listener._client.ReplyAsync(listener._id));
        _ = listener.RunAsync();
        return listener;
    }

    /// <summary>Fails when the connection did not last.</summary>
    public void AssertConnected() => Assert.Null(Locked(() => _failure));

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var message = await _client.ReceiveAsync();
                Take(message);
                if ((int?)message["push"]?["unsubscribe"]?["code"] is >= 2500 || (bool?)message["error"]?["temporary"] is true)
                {
                    await SubscribeAsync();
                }
            }
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _failure = e;
            }
        }
    }

    private Task SubscribeAsync()
    {
        var request = Locked(() =>
        {
            var subscribe = new JsonObject { ["channel"] = Channel };
            if (_epochs.Count > 0 && _epochs[^1].Length > 0)
            {
                subscribe["recover"] = true;
                subscribe["offset"] = _offset;
                subscribe["epoch"] = _epochs[^1];
            }

            return new JsonObject { ["id"] = ++_id, ["subscribe"] = subscribe };
        });
        return _client.SendAsync(request.ToJsonString());
    }

    private void Take(JsonNode message)
    {
        lock (_lock)
        {
            if (message["subscribe"] is { } reply)
            {
                TakeReply(reply);
            }
            else if (message["push"]?["pub"] is { } publication)
            {
                TakePublication(publication);
            }
        }
    }

    private void TakeReply(JsonNode reply)
    {
        var epoch = (string?)reply["epoch"] ?? "";
        var wasRecovering = (bool?)reply["was_recovering"] ?? false;
        var recovered = (bool?)reply["recovered"] ?? false;
        _unrecovered += wasRecovering && !recovered ? 1 : 0;
        if (_epochs.Count == 0 || _epochs[^1] != epoch)
        {
            _epochs.Add(epoch);
        }

        foreach (var publication in reply["publications"]?.AsArray() ?? [])
        {
            TakePublication(publication!);
        }

        _offset = (ulong?)reply["offset"] ?? 0;
    }

    private void TakePublication(JsonNode publication)
    {
        _offset = (ulong?)publication["offset"] ?? 0;
        _received.Add(publication["data"]!.ToJsonString());
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
