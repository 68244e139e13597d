using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using WsCluster.Gateway.Transports.Sockets;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>
/// The reader of request heads on random handshakes, right and damaged, in random pieces. What it takes for an upgrade that the
/// gateway answers itself must be one to a reader that is too simple to be wrong: the rest is the HTTP server's.
/// </summary>
public sealed class HandshakeFuzzTests
{
    private static readonly string[] Kept = ["Cookie"];

    [Fact]
    public void Handshake_InAnyPieces_IsReadAsItWasWritten() => FuzzRun.Try(random =>
    {
        var (head, cookie) = Handshake(random);
        var bytes = Encoding.Latin1.GetBytes(head + "\x81\x80\x01\x02\x03\x04"); // a frame comes at once

        var (request, end) = Read(Pieces(bytes, random));
        Assert.True(SimpleHandshake.IsUpgrade(bytes));
        Assert.True(request!.IsWebSocketUpgrade, head);
        Assert.Equal(head.Length, end);
        Assert.Equal(("/connection/websocket", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), (request.Path, request.AcceptKey));
        Assert.Equal(cookie, request.Headers?["cookie"]);

        var cut = random.Next(head.Length);
        Assert.Null(Read(Pieces(bytes[..cut], random)).Request); // not whole yet
    });

    [Fact]
    public void Handshake_Damaged_IsTakenOnlyIfItIsOneStill() => FuzzRun.Try(random =>
    {
        var bytes = Mutation.Of(Encoding.Latin1.GetBytes(Handshake(random).Head), Encoding.Latin1.GetBytes(Handshake(random).Head), random);
        if (random.Next(2) == 0)
        {
            bytes = Swap(bytes, random);
        }

        var taken = TryRead(new ReadOnlySequence<byte>(bytes), out var end);
        var part = random.Next(bytes.Length + 1); // the socket is peeked at, so what came so far is always one piece
        var takenInPart = TryRead(new ReadOnlySequence<byte>(bytes.AsMemory(0, part)), out _);
        Assert.True(takenInPart == (taken && part >= end), $"{taken} at {end}, but {takenInPart} at {part}: {Visible(bytes)}");
        Assert.True(SimpleHandshake.IsUpgrade(bytes) == taken || SimpleHandshake.LacksASpace(bytes), $"{(taken ? "Taken" : "Left")}: {Visible(bytes)}");
    });

    /// <summary>True when the bytes begin with an upgrade for us; the HTTP server answers everything else.</summary>
    private static bool TryRead(ReadOnlySequence<byte> bytes, out long end)
    {
        end = 0;
        try
        {
            var (request, at) = Read(bytes);
            var isTaken = request is { IsWebSocketUpgrade: true, Path: ['/', ..] };
            end = isTaken ? at : 0;
            return isTaken;
        }
        catch (BadHttpRequestException)
        {
            return false;
        }
    }

    private static (UpgradeRequest? Request, long End) Read(ReadOnlySequence<byte> bytes)
    {
        var request = UpgradeRequest.TryParse(bytes, Kept, out var end);
        return (request, bytes.GetOffset(end) - bytes.GetOffset(bytes.Start));
    }

    private static (string Head, string? Cookie) Handshake(Random random)
    {
        var cookie = random.Next(2) == 0 ? $"a={random.Next()}" : null;
        var headers = new List<string>
        {
            Line(random, "Host", "example.com:8000"),
            Line(random, "Upgrade", random.Next(2) == 0 ? "websocket" : "h2c, WebSocket"),
            Line(random, "Connection", random.Next(2) == 0 ? "Upgrade" : "keep-alive, Upgrade"),
            Line(random, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            Line(random, "Sec-WebSocket-Version", "13"),
        };
        for (var more = random.Next(6); more > 0; more--)
        {
            headers.Add(Line(random, $"X-{random.Next()}", new string('v', random.Next(40))));
        }

        headers.AddRange(random.Next(6) switch
        {
            0 => [Line(random, "Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")],
            1 => [Line(random, "Content-Length", "0")],
            2 => [Line(random, "Sec-WebSocket-Protocol", "centrifuge-json, centrifuge-protobuf"), Line(random, "Origin", "https://example.com")],
            _ => [],
        });
        if (cookie is not null)
        {
            headers.Add(Line(random, "Cookie", cookie));
        }

        var order = headers.ToArray();
        random.Shuffle(order);
        var query = random.Next(2) == 0 ? "" : "?format=json&a=%20";
        return ($"GET /connection/websocket{query} HTTP/1.1\r\n{string.Concat(order)}\r\n", cookie);
    }

    private static string Line(Random random, string name, string value)
    {
        var anyCase = string.Concat(name.Select(c => random.Next(4) == 0 ? char.ToUpperInvariant(c) : random.Next(4) == 0 ? char.ToLowerInvariant(c) : c));
        return $"{anyCase}:{(random.Next(4) == 0 ? "" : " ")}{value}{(random.Next(6) == 0 ? " \t" : "")}\r\n";
    }

    /// <summary>Exchanges something in the text that smuggling and look-alikes are made of.</summary>
    private static byte[] Swap(byte[] bytes, Random random)
    {
        (string From, string To)[] swaps =
        [
            ("\r\n", "\n"), ("\r\n", "\r"), ("\r\n", "\r\n "), (": ", " : "), ("HTTP/1.1", "HTTP/1.0"), ("GET ", "get "), ("GET ", "POST "), ("GET ", "GET  "),
            ("Content-Length: 0", "Content-Length: 5"), ("Cookie", "Transfer-Encoding"), ("X-", "Host: b\r\nX-"), ("X-", "Host:\r\nX-"), ("X-", "Sec-WebSocket-Key:\r\nX-"), ("X-", "Sec-WebSocket-Version: \r\nX-"), ("X-", "Transfer-Encoding: chunked\r\nX-"),
            (": 13", ": 8"), (": 13", ": 013"), ("Q==", "R=="), ("Q==", "QQQ"), ("websocket", "websockets"), ("example.com", "example.com/"), ("example.com", ""),
            ("/connection", "http://other/connection"), ("/connection", "*"), ("\r\n", "\0\r\n"), ("X-", "X-\0"), ("X-", "X\u00e4-"), ("Upgrade", "Up\tgrade"),
        ];
        var (from, to) = swaps[random.Next(swaps.Length)];
        var text = Encoding.Latin1.GetString(bytes);
        var places = new List<int>();
        for (var at = text.IndexOf(from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(from, at + 1, StringComparison.Ordinal))
        {
            places.Add(at);
        }

        if (places.Count == 0)
        {
            return bytes;
        }

        var place = places[random.Next(places.Count)];
        return Encoding.Latin1.GetBytes(text[..place] + to + text[(place + from.Length)..]);
    }

    private static string Visible(byte[] bytes) => string.Concat(bytes.Select(b => b is > 0x1F and < 0x7F ? $"{(char)b}" : $"\\x{b:x2}"));

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, Random random)
    {
        var first = new Piece(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, 30), bytes.Length - at);
            last = new Piece(bytes.AsMemory(at, length), last);
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
