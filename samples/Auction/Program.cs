using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;
using WsCluster.Grains.Hosting;
using WsCluster.Samples.Rooms;
using WsCluster.Samples.Pages;

// On its own this program is everything: a gateway, a silo with the auction in it, and the page. With Page:Only it is the page alone, and
// gateways and silos run elsewhere (samples/Silo has the auction, too).
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddPage();
var isAlone = !builder.Configuration.GetValue<bool>($"{PageOptions.SectionName}:{nameof(PageOptions.Only)}");
if (isAlone)
{
    builder.AddWsClusterGateway();
    builder.Services.AddChannelBehavior<AuctionRoom>("auction");
    builder.Services.AddOptions<AuctionOptions>().BindConfiguration(AuctionOptions.SectionName);
}

var app = builder.Build();
app.MapPage();
if (isAlone)
{
    app.MapWsClusterGateway();
}

app.MapPost("/token", (Login login, IOptions<PageOptions> options) => login.Answer(options.Value, mostCharacters: 24));
app.Run();
