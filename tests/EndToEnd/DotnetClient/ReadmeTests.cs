using System.Threading.Channels;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

/// <summary>The package's README shows code that works.</summary>
[Collection(SharedCluster.Collection)]
public sealed class ReadmeTests(SharedCluster shared)
{
    [Fact]
    public async Task Example_OfTheReadme_IsThisCodeAndRuns()
    {
        var source = await File.ReadAllLinesAsync(Path.Combine(Repository.EndToEnd, "DotnetClient", "ReadmeExample.cs"));
        var example = source.SkipWhile(line => line != "        // begin").Skip(1).TakeWhile(line => line != "        // end").Select(line => line.Length > 8 ? line[8..] : "");
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "Client", "README.md"));
        Assert.Contains(string.Join('\n', example), readme, StringComparison.Ordinal);

        using var stop = new CancellationTokenSource(Patience.ForEvent);
        var lines = new LineWriter();
        var running = ReadmeExample.RunAsync(shared.Cluster.Gateways[0].WebSocketAddress, lines, stop.Token);
        var seen = new List<string>();
        do
        {
            seen.Add(await lines.NextAsync(stop.Token));
        }
        while (!seen[^1].EndsWith("hello from .NET", StringComparison.Ordinal));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("Connecting: connect called", seen[0]);
        Assert.Equal("Connected: connected", seen[1]);
        Assert.Contains(seen, line => line.EndsWith("has joined", StringComparison.Ordinal));
    }

    private sealed class LineWriter : StringWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public override void WriteLine(string? value) => _lines.Writer.TryWrite(value ?? "");

        public async Task<string> NextAsync(CancellationToken stop) => await _lines.Reader.ReadAsync(stop);
    }
}
