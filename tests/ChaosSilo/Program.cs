using WsCluster.Grains.Hosting;
using WsCluster.Grains.Hosting.Health;
using WsCluster.Tests.ChaosSilo;

// The silos of the chaos suite: as an application's own, with a behavior for one namespace.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddSharedFile();
builder.AddWsClusterSilo();
builder.Services.AddChannelBehavior<TallyRoom>("tally");

var app = builder.Build();
app.MapSiloHealth();
await app.RunAsync();
