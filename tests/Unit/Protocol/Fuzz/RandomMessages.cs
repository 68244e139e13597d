using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>
/// Makes messages of the protocol at random, whatever fields they have, with a taste for the ends of ranges and odd texts.
/// </summary>
/// <param name="random">Decides.</param>
/// <param name="bytes">Makes the value of a bytes field.</param>
internal sealed class RandomMessages(Random random, Func<Random, byte[]> bytes)
{
    private const int MaxDepth = 4;

    private static readonly string[] Texts =
    [
        "", "a", "chat:1", "$chat:1", "#42", "chat:1#7,42", "fossil", "and", "not", "eq", "in", "\0", "\"", "\\", "/", "\n\r\t\b\f", "\u0085\u2028\u2029",
        "\u00e9", "\u202e", "\U0001F600", "\uFEFF", "null", "}", new string('x', 300),
    ];

    /// <summary>A command with an id and one or more kinds.</summary>
    public Command NextCommand() => (Command)Next(Command.Descriptor, 0);

    /// <summary>A reply or push.</summary>
    public Reply NextReply() => (Reply)Next(Reply.Descriptor, 0);

    private IMessage Next(MessageDescriptor type, int depth)
    {
        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (random.Next(depth == 0 ? 5 : 2) == 0 && depth <= MaxDepth)
            {
                Fill(message, field, depth);
            }
        }

        return message;
    }

    private void Fill(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            for (var count = random.Next(4); count > 0; count--)
            {
                map[Text()] = Value(field.MessageType.FindFieldByNumber(2), depth);
            }
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            for (var count = random.Next(4); count > 0; count--)
            {
                list.Add(Value(field, depth));
            }
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, depth));
        }
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => Text(),
        FieldType.Bytes => ByteString.CopyFrom(bytes(random)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.UInt32 => Pick<uint>(0, 1, int.MaxValue, uint.MaxValue, (uint)random.NextInt64(uint.MaxValue)),
        FieldType.UInt64 => Pick<ulong>(0, 1, long.MaxValue, ulong.MaxValue, (ulong)random.NextInt64()),
        FieldType.Int32 => Pick(0, -1, int.MaxValue, int.MinValue, random.Next()),
        FieldType.Int64 => Pick(0, -1, long.MaxValue, long.MinValue, random.NextInt64()),
        FieldType.Message => Next(field.MessageType, depth + 1),
        _ => throw new NotSupportedException($"{field.FullName} has a type that nobody thought of."),
    };

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private string Text()
    {
        if (random.Next(3) > 0)
        {
            return Pick(Texts);
        }

        var text = new StringBuilder();
        for (var count = random.Next(12); count > 0; count--)
        {
            var rune = random.Next(4) == 0 ? random.Next(0x110000) : random.Next(0x80);
            text.Append(Rune.IsValid(rune) ? new Rune(rune) : new Rune('?'));
        }

        return text.ToString();
    }
}
