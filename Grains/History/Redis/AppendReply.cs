using System.Globalization;

namespace WsCluster.Grains.History.Redis;

/// <summary>Reads what the append script says (its head has the grammar).</summary>
internal ref struct AppendReply
{
    private readonly ulong _first; // when all were appended
    private ReadOnlySpan<char> _rest;
    private int _read;

    public AppendReply(string reply)
    {
        _rest = reply;
        if (_rest.IndexOf(';') is var end and >= 0)
        {
            KeysForgotten = int.Parse(_rest[(end + 1)..], provider: CultureInfo.InvariantCulture);
            _rest = _rest[..end];
        }

        if (_rest.StartsWith("="))
        {
            _first = Offset(_rest[1..]);
        }
    }

    /// <summary>Idempotency keys that went before their time.</summary>
    public int KeysForgotten { get; }

    /// <summary>Reads what became of the next publication.</summary>
    /// <param name="isNew">True when it was published now, false when it repeats an earlier one.</param>
    /// <returns>The offset of the one or the other; 0 when that one has none.</returns>
    public ulong Next(out bool isNew)
    {
        isNew = true;
        if (_first > 0)
        {
            return _first + (ulong)_read++;
        }

        var end = _rest.IndexOf(',');
        var result = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        isNew = result[0] != 'd';
        var digits = isNew && result[0] != 'l' ? result : result[1..];
        return digits.IsEmpty ? 0 : Offset(digits);
    }

    private static ulong Offset(ReadOnlySpan<char> digits) => ulong.Parse(digits, provider: CultureInfo.InvariantCulture);
}
