namespace WsCluster.Tests.EndToEnd.DotnetClient;

using WsCluster.Client;

/// <summary>The example of Client/README.md, word for word: <see cref="ReadmeTests"/> compares and runs it.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync(Uri endpoint, TextWriter console, CancellationToken stop)
    {
        // begin
        await using var client = new WsClusterClient(endpoint, new ClientOptions { Name = "example" });
        client.StateChanged += (_, change) => console.WriteLine($"{change.State}: {change.Reason}");
        await client.ConnectAsync(stop);

        await using var room = client.NewSubscription("chat:lobby");
        room.Joined += (_, member) => console.WriteLine($"{member.Info.Client} has joined");
        await room.SubscribeAsync(stop);
        await room.PublishJsonAsync(new ChatMessage("hello from .NET"), stop);

        await foreach (var publication in room.ReadAllAsync(stop))
        {
            if (publication.AfterGap)
            {
                console.WriteLine("Some messages are lost for good: more was missed than the channel keeps.");
            }

            console.WriteLine($"{publication.Offset}: {publication.ReadJson<ChatMessage>()?.Text}");
        }
        // end
    }

    internal sealed record ChatMessage(string Text);
}
