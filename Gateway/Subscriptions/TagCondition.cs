using System.Globalization;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>A leaf of a <see cref="TagsFilter"/>: one comparison of one tag.</summary>
internal sealed class TagCondition
{
    private readonly string _key;
    private readonly TagComparison _comparison;
    private readonly string _value;
    private readonly decimal? _number; // of _value, when it is one
    private readonly HashSet<string> _values;

    private TagCondition(FilterNode node, TagComparison comparison)
    {
        _key = node.Key;
        _comparison = comparison;
        _value = node.Val;
        _number = ParseNumber(node.Val);
        _values = new HashSet<string>(node.Vals, StringComparer.Ordinal);
    }

    /// <summary>The condition of a leaf; null when the comparison is unknown or its operands are not as it needs them.</summary>
    public static TagCondition? TryCreate(FilterNode node)
    {
        TagComparison? comparison = node.Cmp switch
        {
            "eq" => TagComparison.Equal,
            "neq" => TagComparison.NotEqual,
            "in" => TagComparison.In,
            "nin" => TagComparison.NotIn,
            "ex" => TagComparison.Exists,
            "nex" => TagComparison.Missing,
            "sw" => TagComparison.StartsWith,
            "ew" => TagComparison.EndsWith,
            "ct" => TagComparison.Contains,
            "gt" => TagComparison.Greater,
            "gte" => TagComparison.GreaterOrEqual,
            "lt" => TagComparison.Less,
            "lte" => TagComparison.LessOrEqual,
            _ => null,
        };

        return comparison is { } known && HasOperands(node, known) ? new TagCondition(node, known) : null;
    }

    /// <summary>True when the tags, null for none, fulfil the condition.</summary>
    public bool IsTrue(IReadOnlyDictionary<string, string>? tags)
    {
        string? tag = null;
        tags?.TryGetValue(_key, out tag);

        return _comparison switch
        {
            TagComparison.Equal => tag == _value,
            TagComparison.NotEqual => tag != _value,
            TagComparison.In => _values.Contains(tag ?? ""),
            TagComparison.NotIn => !_values.Contains(tag ?? ""),
            TagComparison.Exists => tag is not null,
            TagComparison.Missing => tag is null,
            TagComparison.StartsWith => tag is not null && tag.StartsWith(_value, StringComparison.Ordinal),
            TagComparison.EndsWith => tag is not null && tag.EndsWith(_value, StringComparison.Ordinal),
            TagComparison.Contains => tag is not null && tag.Contains(_value, StringComparison.Ordinal),
            _ => IsOrdered(tag),
        };
    }

    private static bool HasOperands(FilterNode node, TagComparison comparison) => comparison switch
    {
        TagComparison.Exists or TagComparison.Missing => node.Val.Length == 0 && node.Vals.Count == 0,
        TagComparison.In or TagComparison.NotIn => node.Key.Length > 0 && node.Val.Length == 0 && node.Vals.Count > 0,
        _ => node.Key.Length > 0 && node.Val.Length > 0 && node.Vals.Count == 0,
    };

    private bool IsOrdered(string? tag)
    {
        if (_number is not { } number || ParseNumber(tag) is not { } value)
        {
            return false;
        }

        return _comparison switch
        {
            TagComparison.Greater => value > number,
            TagComparison.GreaterOrEqual => value >= number,
            TagComparison.Less => value < number,
            _ => value <= number,
        };
    }

    // Without exponents, spaces or thousands separators. What has too many digits for a decimal counts as no number.
    private static decimal? ParseNumber(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
