using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WsCluster.Gateway.Authentication;

/// <summary>Opens tokens in the compact form of RFC 7515: header, payload and signature in base64url.</summary>
internal static class SignedToken
{
    private const int MaxLength = 16 * 1024;

    private static readonly SearchValues<char> Base64UrlChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // Two readers that pick different ones of repeated members could see different algorithms.
    private static readonly JsonDocumentOptions HeaderOptions = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// Gives the payload of a token that one of the keys has signed. Keys and addresses of keys in the header are not
    /// looked at. False for anything else, a header with critical extensions among it.
    /// </summary>
    /// <exception cref="JsonException">The header is not JSON.</exception>
    /// <exception cref="InvalidOperationException">The header contains text that is not Unicode.</exception>
    public static bool TryOpen(string token, TokenKeys keys, out byte[] payload)
    {
        payload = [];
        if (token.Length > MaxLength || token.AsSpan().Count('.') != 2)
        {
            return false;
        }

        var payloadDot = token.IndexOf('.', StringComparison.Ordinal);
        var signatureDot = token.LastIndexOf('.');
        if (!TryDecode(token.AsSpan(0, payloadDot), out var header)
            || !TryDecode(token.AsSpan(payloadDot + 1, signatureDot - payloadDot - 1), out var unverified)
            || !TryDecode(token.AsSpan(signatureDot + 1), out var signature)
            || ReadAlgorithm(header) is not { } algorithm
            || !IsSigned(keys, algorithm, Encoding.ASCII.GetBytes(token, 0, signatureDot), signature))
        {
            return false;
        }

        payload = unverified;
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.IsEmpty || text.ContainsAnyExcept(Base64UrlChars)) // the decoder would let spaces and padding pass
        {
            return false;
        }

        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, buffer, out _, out var written) != OperationStatus.Done)
        {
            return false;
        }

        bytes = buffer[..written];
        return true;
    }

    private static string? ReadAlgorithm(byte[] header)
    {
        using var document = JsonDocument.Parse(header, HeaderOptions);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || root.TryGetProperty("crit"u8, out _)
            || !root.TryGetProperty("alg"u8, out var algorithm)
            || algorithm.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return algorithm.GetString();
    }

    private static bool IsSigned(TokenKeys keys, string algorithm, byte[] signed, byte[] signature)
    {
        try
        {
            return keys.Verify(algorithm, signed, signature);
        }
        catch (CryptographicException)
        {
            return false; // some implementations throw for signatures that cannot be
        }
    }
}
