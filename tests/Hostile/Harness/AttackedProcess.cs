namespace WsCluster.Tests.Hostile.Harness;

/// <summary>A gateway process under attack. A witness, a client that behaves, is connected all the time.</summary>
internal sealed class AttackedProcess : IAsyncDisposable
{
    /// <summary>What one case may leave in the process's memory, which the garbage collector has not taken back yet.</summary>
    private const long MaxGrowthBytes = 250_000_000;

    private readonly GatewayProcess _gateway;
    private readonly Witness _witness;
    private readonly long _startBytes;
    private int _linesSeen;
    private int _published;

    private AttackedProcess(GatewayProcess gateway, Witness witness)
    {
        _gateway = gateway;
        _witness = witness;
        _startBytes = gateway.Process.ResidentBytes();
    }

    /// <summary>Its HTTP address.</summary>
    public Uri Address => _gateway.Address;

    /// <summary>Connects the witness.</summary>
    public static async Task<AttackedProcess> WatchAsync(GatewayProcess gateway) => new(gateway, await Witness.ConnectAsync(gateway.Address));

    /// <summary>
    /// Fails unless the process lives, logged no error and none of these secrets, holds no more memory than it may, and the witness
    /// still gets its messages.
    /// </summary>
    public async Task AssertUnharmedAsync(ICollection<string> secrets)
    {
        await _witness.PublishAndSeeAsync($"still here {++_published}");
        Assert.False(_gateway.Process.HasExited);
        var lines = _gateway.Process.Lines.Skip(_linesSeen).ToArray();
        _linesSeen += lines.Length;
        foreach (var line in lines) // those of this case: a failure does not spread to the next
        {
            Assert.DoesNotContain(" fail: ", line, StringComparison.Ordinal);
            Assert.DoesNotContain(" crit: ", line, StringComparison.Ordinal);
            Assert.DoesNotContain("Unhandled exception", line, StringComparison.Ordinal);
            Assert.DoesNotContain(secrets, secret => line.Contains(secret, StringComparison.Ordinal));
        }

        Assert.InRange(_gateway.Process.ResidentBytes() - _startBytes, long.MinValue, MaxGrowthBytes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _witness.Dispose();
        await _gateway.DisposeAsync();
    }
}
