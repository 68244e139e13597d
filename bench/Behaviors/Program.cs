using WsCluster.Bench.Behaviors;
using WsCluster.Gateway.Hosting;
using WsCluster.Grains.Hosting;

// Embedded mode with application code in one namespace: what bench/behaviors.sh measures.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddWsClusterGateway();
if (builder.Configuration.GetValue("WithBehaviors", defaultValue: true))
{
    builder.Services.AddChannelBehavior<Counting>("ruled");
}

var app = builder.Build();
app.MapWsClusterGateway();
app.Run();
