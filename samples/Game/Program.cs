using Microsoft.Extensions.Options;
using WsCluster;
using WsCluster.Samples.Game;
using WsCluster.Samples.Pages;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddPage();
builder.Services.AddWsClusterClient(builder.Configuration); // to publish the arena by grain call
builder.Services.AddHostedService<GameServer>();
builder.Services.AddOptions<GameOptions>().BindConfiguration(GameOptions.SectionName);
var app = builder.Build();
app.MapPage();
app.MapPost("/token", (Login login, IOptions<PageOptions> options) =>
    login.Name.Trim() is { Length: > 0 and <= 24 } name && login.User is { Length: > 0 and <= 40 } && login.User != GameServer.User
        ? Results.Json(new { token = Token.Issue(options.Value.TokenSecret, login.User, new { name }, TimeSpan.FromHours(1)) })
        : Results.BadRequest("A name of 1 to 24 characters is needed."));
app.Run();

internal sealed record Login(string User, string Name);
