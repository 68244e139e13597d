using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace WsCluster.Gateway.Admin;

/// <summary>
/// The console's page: the files of the folder Console, which are part of the assembly. They ask no other host for anything and run no
/// script of anybody else.
/// </summary>
internal static class ConsolePage
{
    private const string ResourcePrefix = "console/";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, ConsoleFile> Files = ReadAll();

    /// <summary>Answers with a file, or 404.</summary>
    public static IResult Get(HttpContext http, string name)
    {
        if (!Files.TryGetValue(name, out var file))
        {
            return Results.NotFound();
        }

        // Two versions of a page must not mix after an update, so the browser asks each time; an unchanged file is not sent again.
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return Results.Bytes(file.Content, file.Type, entityTag: file.Tag);
    }

    private static FrozenDictionary<string, ConsoleFile> ReadAll()
    {
        var assembly = typeof(ConsolePage).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[ResourcePrefix.Length..].Replace('\\', '/'), name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return new ConsoleFile(content, TypeOf(name), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\""));
            }, StringComparer.Ordinal);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The console has a file of the unknown type {other}."),
    };

    private sealed record ConsoleFile(byte[] Content, string Type, EntityTagHeaderValue Tag);
}
