using Microsoft.Extensions.Options;
using WsCluster;
using WsCluster.Samples.Pages;
using WsCluster.Ticker;

// appsettings.json is found beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddPage();
builder.Services.AddWsClusterClient(builder.Configuration);
builder.Services.AddOptions<TickerOptions>().BindConfiguration(TickerOptions.SectionName)
    .Validate(o => o.Symbols.Count > 0, "Ticker:Symbols is empty: name at least one.")
    .Validate(o => o.Symbols.Values.All(s => s.Price > 0), "Ticker:Symbols: every symbol needs a Price above zero.")
    .Validate(o => o.Interval >= TimeSpan.FromMilliseconds(1), "Ticker:Interval must be at least 00:00:00.001.")
    .ValidateOnStart();
builder.Services.AddHostedService<PriceTicker>();
var app = builder.Build();
app.MapPage();
app.MapGet("/symbols.json", (IOptions<TickerOptions> options) =>
    options.Value.Symbols.Select(s => new { symbol = s.Key, s.Value.Label }).OrderBy(s => s.symbol, StringComparer.Ordinal));
try
{
    app.Run();
}
catch (OperationCanceledException)
{
    // Stopped while it still waited for the cluster.
}
