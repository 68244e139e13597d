using Microsoft.Extensions.Options;
using WsCluster.Samples.Pages;

// Everything that a chat needs besides a gateway: a page, and a backend that knows who somebody is.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddPage();
var app = builder.Build();
app.MapPage();
app.MapPost("/token", (Login login, IOptions<PageOptions> options) => login.Answer(options.Value, mostCharacters: 40));
app.Run();
