using System.CommandLine;
using System.Text.Json;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>top</c>: the cluster as a table that lives.</summary>
internal sealed class TopCommand(GatewayTarget target)
{
    private const string ToTopLeft = "\u001b[H";
    private const string ClearToEnd = "\u001b[J";
    private const string ClearLine = "\u001b[K";
    private const string Enter = "\u001b[?1049h\u001b[?25l"; // a screen of its own, without a cursor: what was there before comes back
    private const string Leave = "\u001b[?25h\u001b[?1049l";

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
        if (!isLive)
        {
            await Task.Delay(interval, cancellationToken);
            await output.WriteLineAsync(string.Join(Environment.NewLine, TopTable.Render(before, ClusterSample.Parse(await ReadAsync(api, cancellationToken)))));
            return ExitCodes.Done;
        }

        IReadOnlyList<string> lines = ["Looking at the cluster…"];
        await output.WriteAsync(Enter);
        try
        {
            while (true)
            {
                await output.WriteAsync(ToTopLeft + string.Join(ClearLine + "\n", Fit(lines)) + ClearLine + ClearToEnd);
                await Task.Delay(interval, cancellationToken);
                try
                {
                    var now = ClusterSample.Parse(await ReadAsync(api, cancellationToken));
                    lines = TopTable.Render(before, now);
                    before = now;
                }
                catch (CommandFailure e)
                {
                    lines = [$"{e.Message} Trying again; Ctrl-C ends this."]; // a gateway that is being restarted, for instance
                }
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Done; // Ctrl-C is how it ends
        }
        finally
        {
            await output.WriteAsync(Leave);
            await output.WriteLineAsync(string.Join(Environment.NewLine, lines)); // the last look stays
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
