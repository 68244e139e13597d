using WsCluster.Gateway.CommandLine;

namespace WsCluster.Tests.Unit.CommandLine;

/// <summary>What is a command, what runs the server, and what wrong use ends with.</summary>
public sealed class CommandLineAppTests
{
    private static readonly string[] Commands = ["check-config", "gen-config", "gen-token", "check-token", "publish", "subscribe", "top", "bench"];

    [Theory]
    [InlineData(false)]
    [InlineData(false, "--urls", "http://localhost:1")]
    [InlineData(false, "--WsCluster:Redis=localhost")]
    [InlineData(false, "WsCluster:Redis=localhost")]
    [InlineData(false, "/WsCluster:Redis=localhost")]
    [InlineData(true, "--help")]
    [InlineData(true, "--version")]
    [InlineData(true, "bench")]
    [InlineData(true, "no-such-command")]
    public void IsAskedFor_TellsCommandsFromSettings(bool expected, params string[] args) => Assert.Equal(expected, CommandLineApp.IsAskedFor(args));

    [Fact]
    public void Take_SettingsAmongArguments_AreTakenOut()
    {
        var settings = SettingArguments.Take(["publish", "--WsCluster:Api:Keys:0=k", "chat:1", "--urls", "http://a", "--text", "--Kestrel:X", "1"], out var rest);

        Assert.Equal(["--WsCluster:Api:Keys:0=k", "--urls", "http://a", "--Kestrel:X", "1"], settings);
        Assert.Equal(["publish", "chat:1", "--text"], rest);
    }

    [Fact]
    public async Task Help_NamesEveryCommandAndTheSettings()
    {
        var run = await CommandRun.OfAsync("--help");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.All(Commands, command => Assert.Contains($"  {command} ", run.Output, StringComparison.Ordinal));
        Assert.Contains("--WsCluster:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfACommand_DescribesEachOfItsOptions()
    {
        foreach (var command in Commands)
        {
            var run = await CommandRun.OfAsync(command, "--help");

            Assert.Equal(ExitCodes.Done, run.ExitCode);
            var options = run.Output[run.Output.IndexOf("Options:", StringComparison.Ordinal)..].Split('\n').Skip(1).Where(line => line.TrimStart().StartsWith('-'));
            Assert.All(options, option => Assert.Matches(@"\S {2,}[A-Z].*\S", option));
        }
    }

    [Theory]
    [InlineData("'frobnicate' is no command or option here.", "frobnicate")]
    [InlineData("'--chanel' is no command or option here.", "gen-token", "--chanel")]
    [InlineData("Required argument 'channel' missing", "publish")]
    public async Task Run_WrongUse_IsASentenceAndExitCode2(string sentence, params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal(ExitCodes.WrongUse, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData("data is 'hello', but must be JSON", "publish", "chat:1", "hello", "--url", "http://127.0.0.1:1")]
    [InlineData("No gateway answers at http://127.0.0.1:1/", "publish", "chat:1", "1", "--url", "http://127.0.0.1:1")]
    [InlineData("No gateway answers at ws://127.0.0.1:1/connection/websocket", "subscribe", "chat:1", "--url", "127.0.0.1:1")]
    [InlineData("--url is 'ftp://a', but must be an address", "publish", "chat:1", "1", "--url", "ftp://a")]
    [InlineData("--interval is 0, but must be from 1 to", "top", "--interval", "0")]
    [InlineData("--rate is 0, but must be from 1 to", "bench", "--rate", "0")]
    [InlineData("--since is 'x', but must be offset:epoch", "subscribe", "a", "--since", "x")]
    [InlineData("--tag is 'x', but must be name=value", "publish", "a", "1", "--tag", "x", "--url", "http://127.0.0.1:1")]
    public async Task Run_WhatCannotBeDone_IsOneSentenceThatNamesTheKey(string sentence, params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.StartsWith(sentence, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }
}
