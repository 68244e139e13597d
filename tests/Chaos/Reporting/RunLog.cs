namespace WsCluster.Tests.Chaos.Reporting;

/// <summary>What a run says: on the console, and in a file beside the logs of its processes.</summary>
internal sealed class RunLog : IDisposable
{
    private static int _runs;

    private readonly StreamWriter _file;

    public RunLog()
    {
        Directory.CreateDirectory(Repository.Artifacts);
        Path = System.IO.Path.Combine(Repository.Artifacts, $"report-{Interlocked.Increment(ref _runs)}.txt");
        _file = new StreamWriter(Path) { AutoFlush = true };
    }

    public string Path { get; }

    public void Write(string text)
    {
        var line = $"{DateTime.Now:HH:mm:ss} {text}";
        Console.WriteLine(line);
        _file.WriteLine(line);
    }

    public void Dispose() => _file.Dispose();
}
