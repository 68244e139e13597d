using System.Net.Sockets;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>A real redis-server on a free port, with a folder of its own that goes with it.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly string _folder;

    private RedisProcess(ServerProcess process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    public static Task<RedisProcess> StartAsync() => Retry.OnOtherPortsAsync(StartOnceAsync);

    private static async Task<RedisProcess> StartOnceAsync()
    {
        var folder = Directory.CreateTempSubdirectory("wscluster-redis-").FullName;
        var port = FreePort.Next();
        var process = ServerProcess.Start("redis", folder, "redis-server",
            ["--bind", "127.0.0.1", "--port", $"{port}", "--dir", folder, "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]);
        var redis = new RedisProcess(process, folder, port);
        try
        {
            await process.WaitUntilAsync("it answered PING", redis.AnswersPingAsync);
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }

        return redis;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersPingAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[7];
            await client.GetStream().ReadExactlyAsync(answer);
            return "+PONG\r\n"u8.SequenceEqual(answer);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
