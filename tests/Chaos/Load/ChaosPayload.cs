using System.Buffers.Text;
using System.Diagnostics;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>What a publication carries: a JSON string with its channel, publisher, sequence and time, such as "durable:3|4|17|8821".</summary>
internal readonly record struct ChaosPayload(PayloadId Id, long SentAt)
{
    /// <summary>The JSON of a publication that is sent now; <paramref name="padding"/> makes it that much longer.</summary>
    public static string Write(string channel, PayloadId id, int padding = 0) =>
        $"\"{channel}|{id.Publisher}|{id.Sequence}|{Stopwatch.GetTimestamp()}{(padding > 0 ? "|" + new string('x', padding) : "")}\"";

    /// <summary>Reads the text between the quotes. False when it is none of ours or belongs to another channel.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, ReadOnlySpan<byte> channel, out ChaosPayload payload)
    {
        payload = default;
        if (text.Length <= channel.Length || !text.StartsWith(channel) || text[channel.Length] != '|')
        {
            return false;
        }

        text = text[(channel.Length + 1)..];
        if (!TryTake(ref text, out var publisher) || !TryTake(ref text, out var sequence) || !TryTake(ref text, out var sentAt))
        {
            return false;
        }

        payload = new ChaosPayload(new PayloadId((int)publisher, sequence), sentAt);
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, out long number)
    {
        if (!Utf8Parser.TryParse(text, out number, out var length) || (length < text.Length && text[length] != '|'))
        {
            return false;
        }

        text = text[Math.Min(length + 1, text.Length)..];
        return true;
    }
}
