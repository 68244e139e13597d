using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace WsCluster.Load;

/// <summary>
/// The published JSON value: <c>{"load":"publisher.count.ticks","x":"…"}</c>, its numbers at fixed places so that
/// reading one costs little.
/// </summary>
internal readonly record struct LoadPayload(int Publisher, long Publication, long Ticks)
{
    public const int MinBytes = 64;

    private const int PublisherDigits = 4;
    private const int PublicationDigits = 10;
    private const int TicksDigits = 19;
    private const int NumbersLength = PublisherDigits + 1 + PublicationDigits + 1 + TicksDigits;

    private static ReadOnlySpan<byte> Start => "{\"load\":\""u8;

    /// <summary>A value of the given length, its numbers still to be set.</summary>
    public static byte[] Template(int bytes)
    {
        var empty = $"{{\"load\":\"{new string('.', NumbersLength)}\",\"x\":\"\"}}";
        return Encoding.ASCII.GetBytes(empty.Insert(empty.Length - 2, new string('x', bytes - empty.Length)));
    }

    /// <summary>Sets the numbers of a template.</summary>
    public void Write(Span<byte> template)
    {
        var at = template[Start.Length..];
        Publisher.TryFormat(at, out _, "D4", CultureInfo.InvariantCulture);
        Publication.TryFormat(at[(PublisherDigits + 1)..], out _, "D10", CultureInfo.InvariantCulture);
        Ticks.TryFormat(at[(PublisherDigits + PublicationDigits + 2)..], out _, "D19", CultureInfo.InvariantCulture);
    }

    /// <summary>Finds and reads one in a push.</summary>
    public static bool TryRead(ReadOnlySpan<byte> push, out LoadPayload payload)
    {
        var start = push.IndexOf(Start);
        var at = start < 0 ? default : push[(start + Start.Length)..];
        if (at.Length > NumbersLength
            && Utf8Parser.TryParse(at, out int publisher, out var read) && read == PublisherDigits
            && Utf8Parser.TryParse(at[(PublisherDigits + 1)..], out long publication, out read) && read == PublicationDigits
            && Utf8Parser.TryParse(at[(PublisherDigits + PublicationDigits + 2)..], out long ticks, out read) && read == TicksDigits)
        {
            payload = new LoadPayload(publisher, publication, ticks);
            return true;
        }

        payload = default;
        return false;
    }
}
