using Microsoft.Extensions.Options;

namespace WsCluster.Tests.Unit;

/// <summary>Options that stay as they are, unless the test changes the object.</summary>
internal sealed class FixedOptions<T>(T options) : IOptionsMonitor<T>
{
    public T CurrentValue => options;

    public T Get(string? name) => options;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
