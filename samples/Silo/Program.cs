using WsCluster.Grains.Hosting;
using WsCluster.Grains.Hosting.Health;
using WsCluster.Samples.Rooms;

// An application's silo: the cluster's own, and the rooms of the application. A channel may be on any silo, so all of them are this program.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
if (HealthProbe.IsAskedFor(args))
{
    return await HealthProbe.RunAsync(builder.Configuration, "urls", "http://localhost:8091");
}

builder.Configuration.AddSharedFile();
builder.AddWsClusterSilo();
builder.Services.AddChannelBehavior<ArenaRoom>("game").AddChannelBehavior<AuctionRoom>("auction");
builder.Services.AddOptions<AuctionOptions>().BindConfiguration(AuctionOptions.SectionName);
var app = builder.Build();
app.MapSiloHealth();
await app.RunAsync();
return 0;
