using System.Diagnostics;
using System.Globalization;
using WsCluster;
using WsCluster.Grains.Hosting;
using WsCluster.Memory;

// What a silo pays in memory for each channel, member and user: dotnet run -c Release --project bench/Memory [-- THOUSANDS-OF-IDLE-CHANNELS]
const int Thousand = 1000;
const int Sample = 100 * Thousand;
const int AtOnce = 256;
var idleChannels = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) * Thousand : 0;

var builder = WebApplication.CreateBuilder();
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["urls"] = "http://127.0.0.1:0",
    ["Logging:LogLevel:Default"] = "None",
    ["WsCluster:Silo:Port"] = "17811",
    ["WsCluster:Silo:GatewayPort"] = "17812",
    ["WsCluster:Channels:Namespaces:plain:Durability"] = "None",
    ["WsCluster:Channels:Namespaces:kept:HistorySize"] = "10",
    ["WsCluster:Channels:Namespaces:kept:HistoryTtl"] = "01:00:00",
    ["WsCluster:Channels:Namespaces:who:Presence"] = "true",
});
builder.AddWsClusterSilo();
await using var app = builder.Build();
await app.StartAsync();
var grains = app.Services.GetRequiredService<IGrainFactory>();
var gateway = new IdleGateway(grains);
await gateway.SubscribeAsync("plain:warm");
var payload = new byte[128];

await MeasureAsync("idle channel, one gateway subscribed", Sample, n => gateway.SubscribeAsync($"plain:{n}"));
await MeasureAsync("channel with history and one publication, whose data is not counted", Sample, async n =>
{
    await gateway.SubscribeAsync($"kept:{n}");
    await PublishAsync($"kept:{n}");
});
await MeasureAsync("each further publication in its history, its data not counted", Sample, n => PublishAsync($"kept:{n}"));
await gateway.SubscribeAsync("who:is-there");
await MeasureAsync("presence member of one channel", Sample - 1, n => gateway.JoinAsync("who:is-there", $"client-{n}"));
await MeasureAsync("user with one connection", Sample, n => gateway.ConnectAsync($"user-{n}"));
if (idleChannels > Sample)
{
    await MeasureAsync("idle channel, many", idleChannels - Sample, n => gateway.SubscribeAsync($"plain:{Sample + n}"));
}

Process.GetCurrentProcess().Refresh();
Console.WriteLine($"resident at the end: {Environment.WorkingSet / 1024 / 1024:N0} MiB");
await app.StopAsync();

Task PublishAsync(string channel) => grains.GetGrain<IChannelGrain>(channel).PublishAsync(new PublishRequest { Data = payload });

async Task MeasureAsync(string what, int count, Func<int, Task> add)
{
    var before = GC.GetTotalMemory(forceFullCollection: true);
    var clock = Stopwatch.StartNew();
    await Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (n, _) => await add(n));
    var taken = clock.Elapsed;
    var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
    Console.WriteLine($"{what}: {bytes:N0} bytes ({count:N0} in {taken.TotalSeconds:N0} s, resident {Environment.WorkingSet / 1024 / 1024:N0} MiB)");
}
