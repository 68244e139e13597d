using System.Net.Sockets;
using StackExchange.Redis;

namespace WsCluster.Tests.Harness;

/// <summary>A real redis-server on a free port, with an append-only file in a folder of its own that goes with it.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string[] _settings;
    private ServerProcess _process;

    private RedisProcess(string folder, int port, string[] settings)
    {
        _folder = folder;
        _settings = settings;
        Port = port;
        _process = Launch();
    }

    /// <summary>The running one, or the last that ran.</summary>
    public ServerProcess Process => _process;

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts one and waits until it answers. Settings are written as on the command line: "--appendfsync", "always".</summary>
    public static Task<RedisProcess> StartAsync(params string[] settings) => Retry.OnOtherPortsAsync(async () =>
    {
        var redis = new RedisProcess(Directory.CreateTempSubdirectory("wscluster-redis-").FullName, FreePort.Next(), settings);
        try
        {
            await redis.WaitUntilReadyAsync();
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }

        return redis;
    });

    /// <summary>Starts it again after it was killed, with what is in its file, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        await _process.DisposeAsync();
        _process = Launch();
        await WaitUntilReadyAsync();
    }

    /// <summary>Stops it and starts it again with a copy of its data, such as <c>redis-cli --rdb</c> makes, in place of its file.</summary>
    public async Task RestoreAsync(string copy)
    {
        await _process.DisposeAsync();
        Directory.Delete(Path.Combine(_folder, "appendonlydir"), recursive: true);
        File.Copy(copy, Path.Combine(_folder, "dump.rdb"));
        _process = Launch("--appendonly", "no"); // with its file on, Redis does not look at a copy
        await WaitUntilReadyAsync();
        await using var link = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
        await link.GetServers()[0].ConfigSetAsync("appendonly", "yes");
    }

    /// <summary>Drops everything that it holds.</summary>
    public async Task FlushAsync()
    {
        await using var link = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
        await link.GetServers()[0].FlushDatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ServerProcess Launch(params string[] more) => ServerProcess.Start("redis", _folder, "redis-server",
    [
        "--bind", "127.0.0.1",
        "--port", $"{Port}",
        "--dir", _folder,
        "--save", "",
        "--appendonly", "yes",
        "--maxmemory-policy", "noeviction",
        .. _settings,
        .. more,
    ]);

    private Task WaitUntilReadyAsync() => _process.WaitUntilAsync("it answered PING", AnswersPingAsync);

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
