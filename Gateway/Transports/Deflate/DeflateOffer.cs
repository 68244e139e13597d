using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WsCluster.Gateway.Transports.Deflate;

/// <summary>
/// Reads what a client offers of permessage-deflate (RFC 7692 §7.1) and finds the first offer that can be met. Every message is
/// compressed on its own, in both directions: so one compressed message serves all connections, and none of them keeps a window.
/// </summary>
internal static class DeflateOffer
{
    private const string Name = "permessage-deflate";
    private const string Accepted = $"{Name}; server_no_context_takeover; client_no_context_takeover";
    private const string ServerBits = "server_max_window_bits";
    private const int MinBits = 8;
    private const int MaxBits = 15; // the one window that our compressor has: an offer that wants a smaller one is declined

    /// <summary>False when nothing of it can be met; else <paramref name="answer"/> is what the handshake answers.</summary>
    public static bool TryAccept(string extensions, [NotNullWhen(true)] out string? answer)
    {
        // A comma or semicolon within quotes tears its offer apart, and it is declined: no parameter has one in its value.
        foreach (var offer in extensions.Split(','))
        {
            var parts = offer.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] == Name && TryRead(parts.AsSpan(1), out var serverBits))
            {
                answer = serverBits is null ? Accepted : $"{Accepted}; {ServerBits}={MaxBits}"; // whoever asks must be answered
                return true;
            }
        }

        answer = null;
        return false;
    }

    private static bool TryRead(ReadOnlySpan<string> parameters, out int? serverBits)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        serverBits = null;
        foreach (var parameter in parameters)
        {
            var at = parameter.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? parameter : parameter[..at].TrimEnd();
            var value = at < 0 ? null : parameter[(at + 1)..].TrimStart();
            if (!seen.Add(name))
            {
                return false;
            }

            switch (name)
            {
                case "server_no_context_takeover" or "client_no_context_takeover" when value is null:
                case "client_max_window_bits" when value is null || TryReadBits(value, out _):
                    break;
                case ServerBits when value is not null && TryReadBits(value, out var bits) && bits == MaxBits:
                    serverBits = bits;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryReadBits(string value, out int bits)
    {
        var digits = value is ['"', .. var inside, '"'] ? inside : value;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out bits) && bits is >= MinBits and <= MaxBits && digits[0] != '0';
    }
}
