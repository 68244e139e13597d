using WsCluster.Gateway.CommandLine;

namespace WsCluster.Tests.Unit.CommandLine;

/// <summary>One command, run in this process.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static async Task<CommandRun> OfAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLineApp.RunAsync(args, output, error);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
