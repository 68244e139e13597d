using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace WsCluster.Gateway.CommandLine;

/// <summary>The messages of a load run: JSON of a chosen size with the time at which it was due.</summary>
internal static class BenchPayload
{
    /// <summary>The least that one takes.</summary>
    public const int MinBytes = 32;

    private const int Digits = 19;

    private static readonly byte[] Start = "{\"t\":\""u8.ToArray();

    /// <summary>A message that was due at a time stamp.</summary>
    public static byte[] Write(long dueAt, int bytes)
    {
        var text = $"{{\"t\":\"{dueAt:D19}\",\"x\":\"";
        return Encoding.ASCII.GetBytes($"{text}{new string('x', Math.Max(0, bytes - text.Length - 2))}\"}}");
    }

    /// <summary>How long ago a message was due; null for somebody else's.</summary>
    public static TimeSpan? AgeOf(ReadOnlySpan<byte> data, long now) =>
        data.StartsWith(Start) && data.Length >= Start.Length + Digits
            && Utf8Parser.TryParse(data.Slice(Start.Length, Digits), out long dueAt, out var read) && read == Digits
            ? Stopwatch.GetElapsedTime(dueAt, now)
            : null;
}
