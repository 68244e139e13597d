using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>
/// Writes a message as JSON (protocol §3) in one of the many ways that JSON has: members in any order, unknown and null ones
/// between them, spaces, escapes.
/// </summary>
internal sealed class JsonText(Random random)
{
    private readonly StringBuilder _text = new();

    /// <summary>A message on one line.</summary>
    public static string Of(IMessage message, Random random)
    {
        var writer = new JsonText(random);
        writer.Write(message);
        return writer._text.ToString();
    }

    /// <summary>One JSON value of any kind, compact, as a publisher may send it.</summary>
    public static byte[] AnyValue(Random random)
    {
        var writer = new JsonText(random);
        writer.WriteAny(3);
        return Encoding.UTF8.GetBytes(writer._text.ToString());
    }

    private void Write(IMessage message)
    {
        var members = new List<Action>();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
            {
                var map = (IDictionary)value;
                var entries = map.Keys.Cast<string>().Select(key => (Key: key, Value: map[key]!)).ToList();
                var kind = field.MessageType.FindFieldByNumber(2);
                members.Add(() => WriteMember(field.Name, () => WriteObject([.. entries.Select(entry => (Action)(() =>
                    WriteMember(entry.Key, () => WriteValue(kind, entry.Value))))])));
            }
            else if (field.IsRepeated)
            {
                var items = ((IList)value).Cast<object>().ToList();
                members.Add(() => WriteMember(field.Name, () => WriteList('[', ']', [.. items.Select(item => (Action)(() => WriteValue(field, item)))])));
            }
            else if (field.FieldType == FieldType.Message ? value is not null : field.FieldType != FieldType.Bytes || ((ByteString)value).Length > 0)
            {
                members.Add(() => WriteMember(field.Name, () => WriteValue(field, value!)));
            }
            else if (field.FieldType == FieldType.Message && random.Next(4) == 0)
            {
                members.Add(() => WriteMember(field.Name, () => _text.Append("null")));
            }
        }

        for (var unknown = random.Next(3); unknown > 0; unknown--)
        {
            members.Add(() => WriteMember($"x{random.Next(100)}", () => WriteAny(2)));
        }

        WriteObject([.. members.OrderBy(_ => random.Next())]);
    }

    private void WriteValue(FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage message:
                Write(message);
                break;
            case ByteString raw:
                _text.Append(raw.Length == 0 ? "0" : raw.ToStringUtf8());
                break;
            case string text:
                WriteString(text);
                break;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                break;
            default:
                _text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private void WriteAny(int depth)
    {
        switch (random.Next(depth > 0 ? 7 : 5))
        {
            case 0:
                _text.Append("null");
                break;
            case 1:
                _text.Append(random.Next(2) == 0 ? "true" : "false");
                break;
            case 2:
                _text.Append(random.Next(-5, 5)).Append(random.Next(2) == 0 ? "" : ".25e-7");
                break;
            case 3 or 4:
                WriteString(random.Next(2) == 0 ? "" : "é\u2028\"\\\u0001\U0001F600");
                break;
            case 5:
                WriteList('[', ']', [.. Enumerable.Range(0, random.Next(4)).Select(_ => (Action)(() => WriteAny(depth - 1)))]);
                break;
            default:
                WriteObject([.. Enumerable.Range(0, random.Next(4)).Select(i => (Action)(() => WriteMember($"m{i}", () => WriteAny(depth - 1))))]);
                break;
        }
    }

    private void WriteMember(string name, Action value)
    {
        WriteString(name);
        Space();
        _text.Append(':');
        Space();
        value();
    }

    private void WriteObject(IReadOnlyList<Action> members) => WriteList('{', '}', members);

    private void WriteList(char open, char close, IReadOnlyList<Action> items)
    {
        _text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            Space();
            items[i]();
            Space();
            _text.Append(i < items.Count - 1 ? "," : "");
        }

        Space();
        _text.Append(close);
    }

    private void WriteString(string text)
    {
        _text.Append('"');
        foreach (var letter in text)
        {
            if (letter < ' ' || letter is '"' or '\\' || char.IsSurrogate(letter) && random.Next(2) == 0 && !HasHalf(text) || random.Next(10) == 0 && !char.IsSurrogate(letter))
            {
                _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                _text.Append(letter);
            }
        }

        _text.Append('"');
    }

    /// <summary>An escaped half beside a plain one would be no text: surrogates are written as they are.</summary>
    private static bool HasHalf(string text) => text.Any(char.IsSurrogate);

    private void Space()
    {
        if (random.Next(8) == 0)
        {
            _text.Append(random.Next(3) switch { 0 => ' ', 1 => '\t', _ => '\r' });
        }
    }
}
