using System.Text;
using System.Text.Json;

namespace WsCluster.Client.Protocol;

/// <summary>The fields of a message that the client reads: number and JSON name of each.</summary>
internal sealed class FieldNames
{
    private readonly (byte[] Name, int Number)[] _fields;
    private readonly ulong _numbers; // one bit each; all numbers are below 64

    public FieldNames(params (string Name, int Number)[] fields)
    {
        _fields = [.. fields.Select(field => (Encoding.UTF8.GetBytes(field.Name), field.Number))];
        foreach (var (_, number) in fields)
        {
            _numbers |= 1UL << number;
        }
    }

    public bool Has(int number) => number is > 0 and < 64 && (_numbers & (1UL << number)) != 0;

    /// <summary>The number of the field whose name the reader is at; 0 for one that is not read.</summary>
    public int Find(ref Utf8JsonReader json)
    {
        foreach (var (name, number) in _fields)
        {
            if (json.ValueTextEquals(name))
            {
                return number;
            }
        }

        return 0;
    }
}
