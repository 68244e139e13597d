using WsCluster.Load;

// Exit codes: 0 all arrived once, 1 something did not, 2 the run could not be made.
if (args.Length == 0 || args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(OptionsReader.Help);
    return args.Length == 0 ? 2 : 0;
}

try
{
    var options = OptionsReader.Read(args);
    var report = await new LoadRun(options).RunAsync();
    Console.WriteLine(report.ToTable());
    Console.WriteLine(report.ToJson());
    return report.IsClean ? 0 : 1;
}
catch (LoadException e)
{
    await Console.Error.WriteLineAsync($"load: {e.Message}");
    return 2;
}
