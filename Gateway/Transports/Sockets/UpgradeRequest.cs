using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using WsCluster.Gateway.Limits;
using HttpMethod = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// The head of a connection's first request, as far as a WebSocket upgrade needs it (RFC 6455 §4.2.1). Kestrel's own parser
/// fills it, so what is a valid head is decided in one place.
/// </summary>
internal sealed class UpgradeRequest : IHttpRequestLineHandler, IHttpHeadersHandler
{
    private const int MaxHeaders = 100; // as the HTTP server's

    private static readonly HttpParser<UpgradeRequest> Parser = new(showErrorDetails: false);

    private static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8); // RFC 9110 §5.6.2

    private static readonly SearchValues<byte> NeverInValues = SearchValues.Create("\0\r\n"u8);
    private static readonly SearchValues<byte> NeverInHosts = SearchValues.Create("/\\@?# \t,"u8);

    private readonly IList<string> _kept;
    private Dictionary<string, string>? _headers;
    private bool _isGet;
    private bool _upgrades;
    private bool _connectionUpgrades;
    private bool _isVersion13;
    private bool _hasVersion;
    private bool _hasHost;
    private bool _hasKey;
    private int _headerCount;
    private bool _hasBody;
    private bool _isOdd;
    private string _key = "";

    private UpgradeRequest(IList<string> kept)
    {
        _kept = kept;
    }

    /// <summary>The path, still encoded.</summary>
    public string Path { get; private set; } = "";

    /// <summary>The query with its question mark, or empty.</summary>
    public string Query { get; private set; } = "";

    /// <summary>The Host header.</summary>
    public string Host { get; private set; } = "";

    /// <summary>The Origin headers.</summary>
    public List<string> Origins { get; } = [];

    /// <summary>What the X-Forwarded-For headers say, joined; empty for none.</summary>
    public string ForwardedFor { get; private set; } = "";

    /// <summary>The connection's place in the count of its address, once the handshake is taken.</summary>
    public AddressPlace Place { get; set; }

    /// <summary>The offered subprotocols, in order.</summary>
    public List<string> Subprotocols { get; } = [];

    /// <summary>The extensions that the client offers (RFC 6455 §9.1), joined; empty for none.</summary>
    public string Extensions { get; private set; } = "";

    /// <summary>The Authorization header; empty for none.</summary>
    public string Authorization { get; private set; } = "";

    /// <summary>The headers that were to be kept, by name in any case; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Headers => _headers;

    /// <summary>True for an upgrade that can be answered as it is; everything else is left to the HTTP server.</summary>
    public bool IsWebSocketUpgrade =>
        _isGet && _upgrades && _connectionUpgrades && _isVersion13 && !_hasBody && !_isOdd && Host.Length > 0 && WebSocketHandshake.IsKey(_key);

    /// <summary>The value of Sec-WebSocket-Accept.</summary>
    public string AcceptKey => WebSocketHandshake.AcceptKey(_key);

    /// <summary>
    /// Parses a complete head. Null when the bytes hold none yet; <paramref name="end"/> is where the head ends. Headers named
    /// by <paramref name="kept"/> are kept for the application.
    /// </summary>
    /// <exception cref="BadHttpRequestException">It is no HTTP/1.1 head.</exception>
    public static UpgradeRequest? TryParse(in ReadOnlySequence<byte> bytes, IList<string> kept, out SequencePosition end)
    {
        var request = new UpgradeRequest(kept);
        var reader = new SequenceReader<byte>(bytes);
        var complete = Parser.ParseRequestLine(request, ref reader) && Parser.ParseHeaders(request, ref reader);
        end = reader.Position;
        return complete ? request : null;
    }

    void IHttpRequestLineHandler.OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        _isGet = versionAndMethod.Method == HttpMethod.Get && versionAndMethod.Version == HttpVersion.Http11;
        var target = startLine[targetPath.Offset..];
        _isOdd |= target.ContainsAnyExceptInRange((byte)'!', (byte)'~'); // for the HTTP server to refuse
        Path = Encoding.ASCII.GetString(target[..targetPath.Length]);
        Query = Encoding.ASCII.GetString(target[targetPath.Length..]);
    }

    void IHttpHeadersHandler.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // Kestrel checks these three behind its parser, where this head never comes.
        _isOdd |= ++_headerCount > MaxHeaders || name.ContainsAnyExcept(TokenCharacters) || value.ContainsAny(NeverInValues);
        if (_kept.Count > 0)
        {
            Keep(Encoding.Latin1.GetString(name), value);
        }

        switch (name.Length)
        {
            case 4 when Ascii.EqualsIgnoreCase(name, "Host"u8):
                _isOdd |= _hasHost; // two hosts, the first maybe empty
                _hasHost = true;
                Host = Encoding.Latin1.GetString(value);
                _isOdd |= value.ContainsAny(NeverInHosts);
                break;
            case 6 when Ascii.EqualsIgnoreCase(name, "Origin"u8):
                Origins.Add(Encoding.Latin1.GetString(value));
                break;
            case 7 when Ascii.EqualsIgnoreCase(name, "Upgrade"u8):
                _upgrades |= WebSocketHandshake.HasToken(Encoding.Latin1.GetString(value), "websocket");
                break;
            case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                _connectionUpgrades |= WebSocketHandshake.HasToken(Encoding.Latin1.GetString(value), "upgrade");
                break;
            case 13 when Ascii.EqualsIgnoreCase(name, "Authorization"u8):
                Authorization = Encoding.Latin1.GetString(value);
                break;
            case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
                _hasBody |= !value.SequenceEqual("0"u8);
                break;
            case 15 when Ascii.EqualsIgnoreCase(name, "X-Forwarded-For"u8):
                ForwardedFor = Joined(ForwardedFor, value);
                break;
            case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8) || Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Key"u8):
                OnLength17(name, value);
                break;
            case 21 when Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Version"u8):
                _isOdd |= _hasVersion; // two versions
                _hasVersion = true;
                _isVersion13 = value.SequenceEqual("13"u8);
                break;
            case 24 when Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Extensions"u8):
                Extensions = Joined(Extensions, value);
                break;
            case 22 when Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Protocol"u8):
                Subprotocols.AddRange(Encoding.Latin1.GetString(value).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
                break;
        }
    }

    void IHttpHeadersHandler.OnHeadersComplete(bool endStream)
    {
    }

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index)
    {
        // HTTP/2 only.
    }

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value)
    {
        // HTTP/2 only.
    }

    private void Keep(string name, ReadOnlySpan<byte> value)
    {
        if (_kept.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            _headers ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            var text = Encoding.Latin1.GetString(value);
            _headers[name] = _headers.TryGetValue(name, out var before) ? $"{before}, {text}" : text;
        }
    }

    private void OnLength17(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
        {
            _hasBody = true;
            return;
        }

        _isOdd |= _hasKey; // two keys
        _hasKey = true;
        _key = Encoding.Latin1.GetString(value);
    }

    /// <summary>A header that comes several times is one list (RFC 9110 §5.3).</summary>
    private static string Joined(string before, ReadOnlySpan<byte> value)
    {
        var text = Encoding.Latin1.GetString(value);
        return before.Length == 0 ? text : $"{before},{text}";
    }
}
