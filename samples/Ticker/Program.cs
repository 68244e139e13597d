using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsCluster;
using WsCluster.Ticker;

// appsettings.json is found beside the program, wherever it is started from.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddWsClusterClient(builder.Configuration);
builder.Services.AddOptions<TickerOptions>().BindConfiguration(TickerOptions.SectionName)
    .Validate(o => o.Symbols.Count > 0, "Ticker:Symbols is empty: name at least one.")
    .Validate(o => o.Interval >= TimeSpan.FromMilliseconds(1), "Ticker:Interval must be at least 00:00:00.001.")
    .ValidateOnStart();
builder.Services.AddHostedService<PriceTicker>();
try
{
    builder.Build().Run();
}
catch (OperationCanceledException)
{
    // Stopped while it still waited for the cluster.
}
