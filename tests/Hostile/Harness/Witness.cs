using System.Collections.Concurrent;

namespace WsCluster.Tests.Hostile.Harness;

/// <summary>A client that behaves: it reads all the time, answers pings, and tells when its own publications stop coming back.</summary>
internal sealed class Witness : IDisposable
{
    private readonly Peer _peer;
    private readonly Task _reading;
    private readonly ConcurrentDictionary<string, byte> _seen = new();

    private Witness(Peer peer)
    {
        _peer = peer;
        _reading = ReadAsync();
    }

    public static async Task<Witness> ConnectAsync(Uri address)
    {
        var peer = await Peer.UpgradeAsync(address);
        await peer.CommandAsync(1, "\"connect\":{}");
        await peer.CommandAsync(2, "\"subscribe\":{\"channel\":\"chat:witness\"}");
        return new Witness(peer);
    }

    /// <summary>Publishes the text and waits until it comes back as a push. Throws when the connection was closed instead.</summary>
    public async Task PublishAndSeeAsync(string text)
    {
        await _peer.SendAsync(Frame.Text($$$"""{"id":3,"publish":{"channel":"chat:witness","data":"{{{text}}}"}}"""));
        await Patience.UntilAsync($"'{text}' to come back", async () =>
        {
            if (_reading.IsFaulted)
            {
                await _reading;
            }

            return _seen.ContainsKey(text);
        });
    }

    public void Dispose() => _peer.Dispose();

    private async Task ReadAsync()
    {
        while (true)
        {
            foreach (var line in (await _peer.ReadMessageAsync(Timeout.InfiniteTimeSpan)).Text.Split('\n'))
            {
                if (line == "{}")
                {
                    await _peer.SendAsync(Frame.Text("{}")); // a ping
                }
                else if (line.Contains("\"push\"", StringComparison.Ordinal) && line.IndexOf("\"data\":\"", StringComparison.Ordinal) is var at and >= 0)
                {
                    _seen[line[(at + 8)..].Split('"')[0]] = 0;
                }
            }
        }
    }
}
