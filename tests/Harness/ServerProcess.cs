using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WsCluster.Tests.Harness;

/// <summary>A process under test, with its output kept in memory and in a file under artifacts.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static int _started;

    private readonly Process _process;
    private readonly StreamWriter _file; // written under a lock on itself, by the two output readers
    private readonly ConcurrentQueue<string> _lines = new();
    private volatile bool _isGone;

    private ServerProcess(string name, ProcessStartInfo start)
    {
        Name = name;
        Directory.CreateDirectory(Repository.Artifacts);
        _file = new StreamWriter(Path.Combine(Repository.Artifacts, $"{Interlocked.Increment(ref _started):D3}-{name}.log")) { AutoFlush = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Stays true when the process is disposed of, which somebody else may do while it is looked at.</summary>
    public bool HasExited => _isGone || _process.HasExited;

    /// <summary>What it ended with; 128 and the signal's number when a signal ended it.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>All it wrote so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public string Log => string.Join('\n', _lines);

    /// <summary>Starts a program; the arguments are passed as they are.</summary>
    public static ServerProcess Start(string name, string folder, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in new[] { "URLS", "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT" })
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0"; // as in the images
        return new ServerProcess(name, start);
    }

    /// <summary>Starts one of the solution's programs from its build folder, where its appsettings.json is.</summary>
    public static ServerProcess StartDotnet(
        string name, string project, string assembly, IEnumerable<string> arguments, string? networkNamespace = null)
    {
        var path = Repository.Output(project, assembly);
        var folder = Path.GetDirectoryName(path)!;
        return networkNamespace is null
            ? Start(name, folder, "dotnet", [path, .. arguments])
            : Start(name, folder, "ip", ["netns", "exec", networkNamespace, "dotnet", path, .. arguments]); // ip becomes dotnet: one process
    }

    /// <summary>Waits until the condition holds. Throws with the end of the log when the process ends or time is up first.</summary>
    public async Task WaitUntilAsync(string what, Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (HasExited)
            {
                throw new ProcessEndedException($"{Name} ended before {what}:\n{Tail(40)}");
            }

            if (clock.Elapsed > Patience.ForStart)
            {
                throw new TimeoutException($"{Name}: waited {Patience.ForStart} for {what}:\n{Tail(40)}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>Stops it from running (SIGSTOP), until <see cref="Resume"/>: its sockets stay open and nobody answers.</summary>
    public void Pause() => SendSignal(_process.Id, SigStop);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume() => SendSignal(_process.Id, SigCont);

    /// <summary>Asks it to stop (SIGTERM) and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!HasExited)
        {
            SendSignal(_process.Id, SigTerm);
        }

        return await WaitForExitAsync();
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience.ForStart);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name}: waited {Patience.ForStart} for its end:\n{Tail(40)}");
        }

        return _process.ExitCode;
    }

    /// <summary>The last lines of the log.</summary>
    public string Tail(int lines) => string.Join('\n', _lines.TakeLast(lines));

    /// <summary>Its files and sockets.</summary>
    public int OpenHandles() => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>The resident memory in bytes.</summary>
    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _isGone = true;
        _process.Dispose();
        lock (_file)
        {
            _file.Dispose();
        }
    }

    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        lock (_file)
        {
            if (_file.BaseStream is { CanWrite: true })
            {
                _file.WriteLine(line);
            }
        }
    }
}
