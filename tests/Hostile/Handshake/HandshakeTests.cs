using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Handshake;

/// <summary>What comes instead of a handshake gets its status and opens no WebSocket.</summary>
public sealed class HandshakeTests(HostileGateway gateway) : HostileTest(gateway)
{
    public static TheoryData<string> Names => NamesOf(HandshakeCases.All);

    public static TheoryData<string> Origins => NamesOf(OriginCases.All);

    [Theory, MemberData(nameof(Names))]
    public async Task Handshake_Wrong_IsRefused(string name)
    {
        var (request, statuses) = HandshakeCases.All[name];
        using var peer = await Peer.OpenAsync(Gateway);
        await peer.SendAsync(request.Replace("{host}", Gateway.Address.Authority, StringComparison.Ordinal));
        var head = await peer.ReadHeadAsync();
        var isHttp = head.StartsWith("HTTP/1.1 ", StringComparison.Ordinal); // else it just ended, or speaks HTTP/2's own words
        Assert.Contains(isHttp ? StatusOf(head) : 0, statuses);
        AssertTellsNothing(head);
    }

    [Theory, MemberData(nameof(Origins))]
    public async Task Handshake_FromALookAlike_IsRefused(string origin)
    {
        using var peer = await Peer.OpenAsync(Gateway);
        var header = origin.Replace("{host}", Gateway.Address.Authority, StringComparison.Ordinal).Replace("{name}", Gateway.Address.Host, StringComparison.Ordinal);
        await peer.SendAsync(Peer.Handshake(Gateway, $"Origin: {header}\r\n"));
        Assert.Equal(OriginCases.All[origin], StatusOf(await peer.ReadHeadAsync()));
    }

    [Fact]
    public async Task Handshake_TwoOrigins_IsRefused()
    {
        using var peer = await Peer.OpenAsync(Gateway);
        await peer.SendAsync(Peer.Handshake(Gateway, $"Origin: http://{Gateway.Address.Authority}\r\nOrigin: http://evil.example\r\n"));
        Assert.Equal(403, StatusOf(await peer.ReadHeadAsync()));
    }

    [Fact]
    public async Task Handshake_WithARequestBehindIt_TreatsItAsFrames()
    {
        using var peer = await Peer.OpenAsync(Gateway);
        await peer.SendAsync(Peer.Handshake(Gateway) + $"GET /health/live HTTP/1.1\r\nHost: {Gateway.Address.Authority}\r\n\r\n");
        Assert.Equal(101, StatusOf(await peer.ReadHeadAsync()));
        Assert.Equal(1002, await peer.ReadCloseAsync()); // "GE" has reserved bits set
    }

    [Fact]
    public async Task Handshake_ByteByByte_IsTaken()
    {
        using var peer = await Peer.OpenAsync(Gateway);
        foreach (var letter in Peer.Handshake(Gateway))
        {
            await peer.SendAsync(letter.ToString());
        }

        Assert.Equal(101, StatusOf(await peer.ReadHeadAsync()));
        await peer.CommandAsync(1, "\"connect\":{}");
    }

    [Fact]
    public async Task Handshake_HeaderInjectionBySubprotocol_IsNotEchoed()
    {
        using var peer = await Peer.OpenAsync(Gateway);
        await peer.SendAsync(Peer.Handshake(Gateway, "Sec-WebSocket-Protocol: evil, centrifuge-json2, X%0d%0aSet-Cookie: a=b\r\n"));
        var head = await peer.ReadHeadAsync();
        Assert.Equal(101, StatusOf(head));
        Assert.DoesNotContain("evil", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Cookie", head, StringComparison.Ordinal);
    }

    private static int StatusOf(string head)
    {
        Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
        return int.Parse(head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>No server name or version, no exception text.</summary>
    private static void AssertTellsNothing(string head)
    {
        Assert.DoesNotContain("Exception", head, StringComparison.Ordinal);
        Assert.DoesNotContain("\nServer:", head, StringComparison.OrdinalIgnoreCase);
    }
}
