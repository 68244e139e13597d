using System.CommandLine;
using System.Text.Json;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>top</c>: the cluster as a table that lives.</summary>
internal sealed class TopCommand(GatewayTarget target)
{
    private const string ToTopLeft = "\u001b[H";
    private const string ClearToEnd = "\u001b[J";
    private const string ClearLine = "\u001b[K";

    private readonly Option<int> _interval = new("--interval", "-i") { Description = "Seconds between two looks.", DefaultValueFactory = _ => 1, HelpName = "seconds" };
    private readonly Option<bool> _once = new("--once") { Description = "Print it once. It does so by itself when the output is no terminal." };
    private readonly Option<bool> _json = new("--json") { Description = "Print what the gateway says, once, for other programs." };

    /// <summary>The command.</summary>
    public static Command Create(CommandSettings settings)
    {
        var target = new GatewayTarget(settings);
        var options = new TopCommand(target);
        var command = new Command("top", "Shows connections, rates and load of every gateway and silo, over and over until Ctrl-C.") { target.Url, target.ApiKey, options._interval, options._once, options._json };
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var seconds = parsed.GetValue(_interval);
        if (seconds is < 1 or > 3600)
        {
            throw new CommandFailure($"--interval is {seconds}, but must be from 1 to 3600 seconds.");
        }

        using var api = target.OpenApi(parsed);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            await output.WriteLineAsync((await ReadAsync(api, cancellationToken)).GetRawText());
            return ExitCodes.Done;
        }

        var isLive = !parsed.GetValue(_once) && ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var interval = TimeSpan.FromSeconds(seconds);
        var before = ClusterSample.Parse(await ReadAsync(api, cancellationToken));
        if (isLive)
        {
            await output.WriteAsync(ToTopLeft + ClearToEnd + "Looking at the cluster…");
        }

        try
        {
            while (true)
            {
                await Task.Delay(interval, cancellationToken);
                var now = ClusterSample.Parse(await ReadAsync(api, cancellationToken));
                var lines = TopTable.Render(before, now);
                if (!isLive)
                {
                    await output.WriteLineAsync(string.Join(Environment.NewLine, lines));
                    return ExitCodes.Done;
                }

                await output.WriteAsync(ToTopLeft + string.Join(ClearLine + "\n", Fit(lines)) + ClearToEnd);
                before = now;
            }
        }
        catch (OperationCanceledException) when (isLive)
        {
            await output.WriteLineAsync();
            return ExitCodes.Done; // Ctrl-C is how it ends
        }
    }

    private static Task<JsonElement> ReadAsync(ApiCaller api, CancellationToken cancellationToken) => api.CallAsync("figures", [], cancellationToken);

    /// <summary>No more lines, and no longer ones, than the terminal shows.</summary>
    private static IEnumerable<string> Fit(IReadOnlyList<string> lines)
    {
        var (width, height) = (Math.Max(20, Console.WindowWidth - 1), Math.Max(5, Console.WindowHeight - 1));
        return lines.Take(height).Select(line => line.Length > width ? line[..width] : line);
    }
}
