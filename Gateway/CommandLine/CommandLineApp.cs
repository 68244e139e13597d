using System.CommandLine;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.CommandLine;

/// <summary>The commands that the gateway binary has beside running the gateway, which is what it does without one.</summary>
internal static class CommandLineApp
{
    private const string Description = """
        WsCluster: a WebSocket cluster for chat, games and live dashboards.

        Without a command this runs the gateway; settings are written as --WsCluster:Gateway:PingInterval=00:00:10, addresses as
        --urls http://localhost:8000. Commands take the same settings, which tell them keys and addresses.
        Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.
        """;

    /// <summary>True when the arguments ask for a command or for help, rather than for the server.</summary>
    public static bool IsAskedFor(string[] args) =>
        args is [var first, ..] && (first is "--help" or "-h" or "-?" or "--version" || (char.IsAsciiLetter(first.FirstOrDefault()) && !first.Contains('=', StringComparison.Ordinal)));

    /// <summary>Runs the command.</summary>
    /// <param name="args">The command and its arguments.</param>
    /// <param name="output">Where results go; null for standard output.</param>
    /// <param name="error">Where sentences about failures and progress go; null for standard error.</param>
    /// <param name="cancellationToken">Ends it as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter? output = null, TextWriter? error = null, CancellationToken cancellationToken = default)
    {
        var settings = SettingArguments.Take(args, out var rest);
        var root = CreateRoot(settings);
        var parsed = root.Parse(rest, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var run = new InvocationConfiguration { Output = output ?? Console.Out, Error = error ?? Console.Error, EnableDefaultExceptionHandler = false };
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.UnmatchedTokens is [var unknown, ..] ? [$"'{unknown}' is no command or option here."] : parsed.Errors.Select(error => error.Message))
            {
                await run.Error.WriteLineAsync(problem);
            }

            await run.Error.WriteLineAsync($"See: {root.Name} {(parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ")}--help");
            return ExitCodes.WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(run, cancellationToken);
        }
        catch (CommandFailure failure)
        {
            await run.Error.WriteLineAsync(failure.Message);
            return ExitCodes.Failed;
        }
        catch (OptionsValidationException invalid)
        {
            foreach (var sentence in invalid.Failures)
            {
                await run.Error.WriteLineAsync(sentence);
            }

            return ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static RootCommand CreateRoot(IReadOnlyList<string> settings)
    {
        var configuration = new CommandSettings(settings);
        return new RootCommand(Description)
        {
            CheckConfigCommand.Create(settings),
            GenConfigCommand.Create(),
            GenTokenCommand.Create(configuration),
            CheckTokenCommand.Create(configuration),
            PublishCommand.Create(configuration),
            SubscribeCommand.Create(configuration),
            TopCommand.Create(configuration),
            BenchCommand.Create(configuration),
            new Command("healthcheck", "Asks the gateway on this host whether it is ready: for container health checks."),
        };
    }
}
