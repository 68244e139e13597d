using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace WsCluster.Tests.Cluster.History;

/// <summary>A real redis-server on a free loopback port, with a folder of its own; a test may stop, kill and start it again.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wscluster-redis-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;
    private IConnectionMultiplexer _connection = null!;

    /// <summary>What <c>appendfsync</c> says.</summary>
    public string AppendFsync { get; init; } = "everysec";

    /// <summary>Whether there is an append-only file.</summary>
    public bool AppendOnly { get; init; } = true;

    /// <summary>One node that has all slots of a Redis Cluster, and refuses what would need two.</summary>
    public bool IsCluster { get; init; }

    public string ConnectionString => $"127.0.0.1:{_port}";

    /// <summary>A way to look into it.</summary>
    public IDatabase Database => _connection.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true,abortConnect=false");
        if (IsCluster)
        {
            await ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
            await Wait.UntilAsync("the slots", async () => $"{await Database.ExecuteAsync("CLUSTER", "INFO")}".Contains("cluster_state:ok", StringComparison.Ordinal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server",
            [
                "--bind", "127.0.0.1", "--port", $"{_port}", "--dir", _folder, "--save", "", "--appendonly", AppendOnly ? "yes" : "no",
                "--appendfsync", AppendFsync, "--maxmemory-policy", "noeviction",
                .. IsCluster ? (string[])["--cluster-enabled", "yes", "--cluster-port", $"{FreePort()}"] : [],
            ])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine(); // nobody reads these, but they must not fill their pipes
        _process.BeginErrorReadLine();
        await Wait.UntilAsync("redis-server's answer to PING", AnswersPingAsync);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }
    }

    /// <summary>SIGSTOP: connections stay, nothing is answered.</summary>
    public void Pause() => Signal("-STOP");

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal("-CONT");

    public Task ExecuteAsync(string command, params object[] arguments) => Database.ExecuteAsync(command, arguments);

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [name, $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    private async Task<bool> AnswersPingAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
        var answer = new byte[7];
        await client.GetStream().ReadExactlyAsync(answer);
        return "+PONG\r\n"u8.SequenceEqual(answer);
    }

    private static int FreePort()
    {
        // Below what the kernel gives to outgoing connections.
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(15_000, 32_000)));
                return ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // taken: another
            }
        }
    }
}
