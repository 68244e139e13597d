namespace WsCluster.Tests.Hostile.Harness;

/// <summary>A group of cases: after each one the gateway must be as well as before.</summary>
public abstract class HostileTest(HostileGateway gateway) : IAsyncLifetime
{
    /// <summary>The gateway under attack.</summary>
    protected HostileGateway Gateway => gateway;

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await gateway.AssertUnharmedAsync();
    }

    /// <summary>
    /// The names of a table's cases, each with every way in. <paramref name="notOverHttp2"/> writes on when the stream has ended, where
    /// this client would wait for room for ever.
    /// </summary>
    protected static TheoryData<string, Way> OnEachWay<T>(IReadOnlyDictionary<string, T> cases, string? notOverHttp2 = null)
    {
        ArgumentNullException.ThrowIfNull(cases);
        return [.. from way in Enum.GetValues<Way>() from name in cases.Keys where way != Way.Http2 || name != notOverHttp2 select (name, way)];
    }

    /// <summary>The names of a table's cases.</summary>
    protected static TheoryData<string> NamesOf<T>(IReadOnlyDictionary<string, T> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        return [.. cases.Keys];
    }
}
