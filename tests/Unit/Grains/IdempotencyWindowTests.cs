using Microsoft.Extensions.Time.Testing;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Unit.Grains;

public sealed class IdempotencyWindowTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly IdempotencyWindow _window;

    public IdempotencyWindowTests() => _window = new IdempotencyWindow(_time);

    [Fact]
    public void TryGet_KnownKey_ReturnsItsResult()
    {
        _window.Add("k", new StreamPosition(7, "e"));

        Assert.True(_window.TryGet("k", out var result));
        Assert.Equal(new StreamPosition(7, "e"), result);
        Assert.False(_window.TryGet("K", out _));
    }

    [Fact]
    public void TryGet_AfterFiveMinutes_HasForgotten()
    {
        _window.Add("k", default);
        _time.Advance(IdempotencyWindow.Lifetime - TimeSpan.FromSeconds(1));
        Assert.True(_window.TryGet("k", out _));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_window.TryGet("k", out _));
        Assert.Null(_window.LastExpiry);
    }

    [Fact]
    public void Add_BeyondCapacity_ForgetsTheOldest()
    {
        for (var i = 0; i <= IdempotencyWindow.Capacity; i++)
        {
            _window.Add($"{i}", default);
        }

        Assert.False(_window.TryGet("0", out _));
        Assert.True(_window.TryGet("1", out _));
        Assert.True(_window.TryGet($"{IdempotencyWindow.Capacity}", out _));
    }
}
