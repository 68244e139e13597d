using System.Text;
using WsCluster.Tests.Unit.Transports;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>
/// RFC 6455 §5 and RFC 7692 §6 once more, as plainly as they can be written: all bytes are there, and nothing has to be fast. What
/// it makes of them is what the gateway's reader must make of them, however they come.
/// </summary>
internal static class SimpleFrameReader
{
    private const string ProtocolError = "Error 1002", InvalidPayload = "Error 1007", TooBig = "Error 1009";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The events in the bytes, as <see cref="FrameEvents"/> tells them. A text is judged when it is whole.</summary>
    public static List<string> Read(byte[] bytes, int maxMessage, bool inflates)
    {
        var events = new List<string>();
        var message = new List<byte>();
        var (opcode, compressed) = (0, false);
        for (var at = 0; at + 2 <= bytes.Length;)
        {
            var (fin, rsv, op) = (bytes[at] >> 7 == 1, (bytes[at] >> 4) & 7, bytes[at] & 15);
            var (masked, length, head) = (bytes[at + 1] >> 7 == 1, (ulong)(bytes[at + 1] & 127), at + 2);
            var isControl = op is 8 or 9 or 10;
            var isKnown = isControl || op is 0 or 1 or 2;
            var rsvIsRight = rsv == 0 || (rsv == 4 && inflates && op is 1 or 2);
            if (!masked || !isKnown || !rsvIsRight || (isControl && (!fin || length > 125)) || (op == 0 && opcode == 0) || (op is 1 or 2 && opcode != 0))
            {
                events.Add(ProtocolError);
                return events;
            }

            var more = length == 126 ? 2 : length == 127 ? 8 : 0;
            if (head + more + 4 > bytes.Length)
            {
                break;
            }

            if (more > 0)
            {
                length = bytes.Skip(head).Take(more).Aggregate(0UL, (sum, b) => (sum << 8) | b);
            }

            if (length > long.MaxValue)
            {
                events.Add(ProtocolError);
                return events;
            }

            head += more;
            var mask = bytes[head..(head + 4)];
            head += 4;
            var payload = bytes.Skip(head).Take((int)Math.Min(length, (ulong)(bytes.Length - head))).Select((b, i) => (byte)(b ^ mask[i % 4])).ToArray();
            var isWhole = (ulong)payload.Length == length;
            if (isControl)
            {
                if (!isWhole)
                {
                    break;
                }

                at = head + payload.Length;
                switch (op)
                {
                    case 8:
                        events.Add(Close(payload));
                        return events;
                    case 9:
                        events.Add("Ping " + Encoding.UTF8.GetString(payload));
                        break;
                    case 10:
                        events.Add("Pong " + Encoding.UTF8.GetString(payload));
                        break;
                }

                continue;
            }

            if (op != 0)
            {
                (opcode, compressed) = (op, rsv == 4);
                message.Clear();
            }

            var most = compressed ? maxMessage + (maxMessage / 1024) + 64 : maxMessage;
            if ((ulong)message.Count + length > (ulong)most)
            {
                events.Add(TooBig);
                return events;
            }

            message.AddRange(payload);
            at = head + payload.Length;
            if (fin && isWhole)
            {
                var content = compressed ? ClientFrame.Inflate([.. message]) : [.. message];
                if (content.Length > maxMessage)
                {
                    events.Add(TooBig);
                    return events;
                }

                if (opcode == 1 && !IsUtf8(content))
                {
                    events.Add(InvalidPayload);
                    return events;
                }

                events.Add("Message " + Encoding.UTF8.GetString(content));
                opcode = 0;
            }
            else if (!compressed && opcode == 1 && !CanBecomeUtf8([.. message]))
            {
                events.Add(InvalidPayload);
                return events;
            }
        }

        return events;
    }

    private static string Close(byte[] payload)
    {
        if (payload.Length == 0)
        {
            return "Close 1000";
        }

        var code = payload.Length == 1 ? 0 : (payload[0] << 8) | payload[1];
        var isAllowed = code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014 || code / 1000 is 3 or 4;
        return isAllowed && IsUtf8(payload[2..]) ? $"Close {code}" : ProtocolError;
    }

    private static bool IsUtf8(byte[] text)
    {
        try
        {
            Strict.GetCharCount(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>True when some bytes behind it would make it UTF-8: tried with every way in which a character can go on.</summary>
    private static bool CanBecomeUtf8(byte[] text)
    {
        byte[] seconds = [0x80, 0x90, 0xA0, 0xBF];
        return IsUtf8(text) || seconds.Any(second => IsUtf8([.. text, second]) || IsUtf8([.. text, second, 0x80]) || IsUtf8([.. text, second, 0x80, 0x80]));
    }
}
