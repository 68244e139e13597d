using Microsoft.AspNetCore.SignalR;

// ASP.NET Core SignalR as it comes, with groups as channels.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddSignalR();
var app = builder.Build();
app.MapHub<ChannelHub>("/hub");
app.Run();

/// <summary>What wsbench.c calls.</summary>
internal sealed class ChannelHub : Hub
{
    public Task Subscribe(string channel) => Groups.AddToGroupAsync(Context.ConnectionId, channel);

    public Task Publish(string channel, string text) => Clients.Group(channel).SendAsync("m", text);
}
