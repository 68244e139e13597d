using Microsoft.Extensions.Options;
using WsCluster.Samples.Pages;

// Everything that a chat needs besides a gateway: a page, and a backend that knows who somebody is.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddPage();
var app = builder.Build();
app.MapPage();

// A real application has a login here. The name travels in the token: the gateway shows it to others, and nobody can take another's.
app.MapPost("/token", (Login login, IOptions<PageOptions> options) =>
    login.Name.Trim() is { Length: > 0 and <= 40 } name && login.User is { Length: > 0 and <= 40 }
        ? Results.Json(new { token = Token.Issue(options.Value.TokenSecret, login.User, new { name }, TimeSpan.FromHours(1)) })
        : Results.BadRequest("A name of 1 to 40 characters is needed."));
app.Run();

internal sealed record Login(string User, string Name);
