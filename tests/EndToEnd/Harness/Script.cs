using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>
/// A client in another language: runs one script that prints JSON lines. The last line is {"outcome":"passed"} or
/// {"outcome":"failed",…}; others tell the test where the script is, and the test can answer with lines of its own.
/// </summary>
internal sealed class Script : IAsyncDisposable
{
    private readonly string _name;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _patience = new(Patience.ForScenario);
    private readonly List<string> _seen = []; // of the one reader
    private readonly Task<string> _errors;

    private Script(string name, string folder, string program, string[] arguments, string? certificate = null)
    {
        _name = name;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Path.Combine(Repository.EndToEnd, folder),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        if (certificate is not null)
        {
            _process.StartInfo.Environment["NODE_EXTRA_CA_CERTS"] = certificate;
        }

        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                _lines.Writer.Complete();
            }
            else
            {
                _lines.Writer.TryWrite(e.Data);
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>A scenario of the folder node; it takes a server with that certificate (a file) for genuine.</summary>
    public static Script Node(string scenario, object settings, string? certificate = null)
    {
        if (!Directory.Exists(Path.Combine(Repository.EndToEnd, "node", "node_modules")))
        {
            throw new InvalidOperationException("The SDK is not installed: run 'npm ci' in tests/EndToEnd/node, or ./test.sh.");
        }

        return new Script(scenario, "node", "node", ["run.mjs", scenario, JsonSerializer.Serialize(settings)], certificate);
    }

    /// <summary>A script of the folder python, run by the system's own Python, which has the websockets package.</summary>
    public static Script Python(string file, params string[] arguments) =>
        new(file, "python", "/usr/bin/python3", [file, .. arguments]);

    /// <summary>A script of the folder php.</summary>
    public static Script Php(string file, params string[] arguments) => new(file, "php", "php", [file, .. arguments]);

    /// <summary>Runs a scenario of the folder node to its end.</summary>
    public static async Task RunNodeAsync(string scenario, object settings)
    {
        await using var script = Node(scenario, settings);
        await script.PassAsync();
    }

    /// <summary>The next line of that kind, skipping others.</summary>
    public async Task<JsonElement> ReadAsync(string kind)
    {
        while (await NextAsync() is { } message)
        {
            if (message.TryGetProperty("kind", out var actual) && actual.ValueEquals(kind))
            {
                return message;
            }

            if (message.TryGetProperty("outcome", out _))
            {
                break;
            }
        }

        throw await FailureAsync($"ended before it said '{kind}'");
    }

    /// <summary>Tells the script something.</summary>
    public Task SayAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Waits for the end; throws unless the script passed.</summary>
    public async Task PassAsync()
    {
        while (await NextAsync() is { } message)
        {
            if (message.TryGetProperty("outcome", out var outcome))
            {
                if (!outcome.ValueEquals("passed"))
                {
                    throw await FailureAsync("failed");
                }

                return;
            }
        }

        throw await FailureAsync("ended without an outcome");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true); // a browser may hang below it
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _patience.Dispose();
    }

    private async Task<JsonElement?> NextAsync()
    {
        try
        {
            if (!await _lines.Reader.WaitToReadAsync(_patience.Token) || !_lines.Reader.TryRead(out var line))
            {
                return null;
            }

            _seen.Add(line);
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (OperationCanceledException)
        {
            throw await FailureAsync($"did not end within {Patience.ForScenario}");
        }
        catch (JsonException)
        {
            throw await FailureAsync("printed something that is not JSON");
        }
    }

    private async Task<ScriptFailedException> FailureAsync(string what)
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        var output = string.Join('\n', _seen.TakeLast(20)).Replace("\\n", "\n", StringComparison.Ordinal);
        return new ScriptFailedException($"{_name} {what}:\n{output}\n{await _errors}");
    }
}
