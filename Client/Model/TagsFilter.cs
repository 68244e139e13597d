using System.Globalization;
using WsCluster.Client.Protocol;

namespace WsCluster.Client;

/// <summary>
/// Which publications a subscription wants, by their tags; the server leaves out the others. The channel's namespace must allow
/// it. Example: <c>TagsFilter.All(TagsFilter.In("team", "red", "blue"), TagsFilter.AtLeast("goals", 2))</c>.
/// </summary>
public sealed record TagsFilter : IOutgoing
{
    private string? _operation;
    private string? _key;
    private string? _comparison;
    private string? _value;
    private IReadOnlyList<string> _values = [];
    private IReadOnlyList<TagsFilter> _nodes = [];

    private TagsFilter()
    {
    }

    /// <summary>The tag is there and has this value.</summary>
    public static TagsFilter Is(string tag, string value) => Leaf(tag, "eq", value);

    /// <summary>The tag is missing or has another value.</summary>
    public static TagsFilter IsNot(string tag, string value) => Leaf(tag, "neq", value);

    /// <summary>The tag has one of these values; a missing one counts as empty.</summary>
    public static TagsFilter In(string tag, params string[] values) => new() { _key = tag, _comparison = "in", _values = values };

    /// <summary>The tag has none of these values; a missing one counts as empty.</summary>
    public static TagsFilter NotIn(string tag, params string[] values) => new() { _key = tag, _comparison = "nin", _values = values };

    /// <summary>The tag is there.</summary>
    public static TagsFilter Exists(string tag) => Leaf(tag, "ex", null);

    /// <summary>The tag is missing.</summary>
    public static TagsFilter IsMissing(string tag) => Leaf(tag, "nex", null);

    /// <summary>The tag starts with this text.</summary>
    public static TagsFilter StartsWith(string tag, string text) => Leaf(tag, "sw", text);

    /// <summary>The tag ends with this text.</summary>
    public static TagsFilter EndsWith(string tag, string text) => Leaf(tag, "ew", text);

    /// <summary>The tag contains this text.</summary>
    public static TagsFilter Contains(string tag, string text) => Leaf(tag, "ct", text);

    /// <summary>The tag is a number above this one.</summary>
    public static TagsFilter Above(string tag, decimal number) => Leaf(tag, "gt", Text(number));

    /// <summary>The tag is this number or one above.</summary>
    public static TagsFilter AtLeast(string tag, decimal number) => Leaf(tag, "gte", Text(number));

    /// <summary>The tag is a number below this one.</summary>
    public static TagsFilter Below(string tag, decimal number) => Leaf(tag, "lt", Text(number));

    /// <summary>The tag is this number or one below.</summary>
    public static TagsFilter AtMost(string tag, decimal number) => Leaf(tag, "lte", Text(number));

    /// <summary>All of these hold.</summary>
    public static TagsFilter All(params TagsFilter[] filters) => new() { _operation = "and", _nodes = filters };

    /// <summary>One of these holds.</summary>
    public static TagsFilter Any(params TagsFilter[] filters) => new() { _operation = "or", _nodes = filters };

    /// <summary>This does not hold.</summary>
    public static TagsFilter Not(TagsFilter filter) => new() { _operation = "not", _nodes = [filter] };

    void IOutgoing.Write(IFieldWriter fields)
    {
        fields.Text(1, "op", _operation);
        fields.Text(2, "key", _key);
        fields.Text(3, "cmp", _comparison);
        fields.Text(4, "val", _value);
        fields.Texts(5, "vals", _values);
        fields.Messages(6, "nodes", _nodes);
    }

    private static TagsFilter Leaf(string tag, string comparison, string? value) => new() { _key = tag, _comparison = comparison, _value = value };

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
