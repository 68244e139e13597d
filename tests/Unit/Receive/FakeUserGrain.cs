using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>A user in memory, seen from a gateway.</summary>
internal sealed class FakeUserGrain : IUserRouting
{
    private readonly Lock _sync = new();
    private readonly List<object> _calls = [];

    public string SiloId { get; set; } = "silo-1";

    public int MaxConnections { get; set; } = 10;

    /// <summary>Runs before a call has any effect: throw to fail it, wait to keep it on its way.</summary>
    public Func<object, Task> Before { get; set; } = _ => Task.CompletedTask;

    public Dictionary<string, GatewayLane> Sessions { get; } = [];

    public IReadOnlyList<T> CallsOf<T>()
    {
        lock (_sync)
        {
            return [.. _calls.OfType<T>()];
        }
    }

    public string[] SessionIds
    {
        get
        {
            lock (_sync)
            {
                return [.. Sessions.Keys.Order()];
            }
        }
    }

    public Task ExpectUnreadAsync() => throw new NotSupportedException();

    public Task<SessionAdmission> ConnectAsync(UserSession session, GatewayLane lane) => RunAsync(session, () =>
    {
        var admitted = Sessions.Count < MaxConnections || Sessions.ContainsKey(session.Client);
        if (admitted)
        {
            Sessions[session.Client] = lane;
        }

        return new SessionAdmission(admitted, SiloId);
    });

    public Task DisconnectAsync(string client, string gatewayId) => RunAsync(client, () => Sessions.Remove(client));

    public Task<SessionAdmission> RestoreAsync(IReadOnlyList<UserSession> sessions, GatewayLane lane) => RunAsync(sessions, () =>
    {
        Sessions.Clear();
        foreach (var session in sessions)
        {
            Sessions[session.Client] = lane;
        }

        return new SessionAdmission(true, SiloId);
    });

    public Task GatewayLostAsync(string gatewayId, long incarnation) => throw new NotSupportedException();

    private async Task<T> RunAsync<T>(object call, Func<T> body)
    {
        lock (_sync)
        {
            _calls.Add(call);
        }

        await Before(call);
        lock (_sync)
        {
            return body();
        }
    }
}
