// WsCluster behind YARP. All settings are in appsettings.json; docs/proxies.md says why they are as they are.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));

var app = builder.Build();
app.UseHttpsRedirection();
app.MapReverseProxy();
await app.RunAsync();
