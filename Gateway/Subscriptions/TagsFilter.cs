using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Decides by their tags which publications a subscription gets (protocol §11). Safe for concurrent use.</summary>
internal sealed class TagsFilter
{
    private const int MaxDepth = 16;
    private const int MaxNodes = 128;

    private readonly Kind _kind;
    private readonly TagsFilter[] _children;
    private readonly TagCondition? _condition;
    private FilterNode? _node; // of the whole filter

    private TagsFilter(Kind kind, TagsFilter[] children, TagCondition? condition)
    {
        _kind = kind;
        _children = children;
        _condition = condition;
    }

    private enum Kind
    {
        Leaf,
        And,
        Or,
        Not,
    }

    /// <summary>
    /// The filter that a client asked for; null when the tree breaks a rule, is deeper than 16 or has more than 128
    /// nodes. The answer is then <see cref="ErrorCode.BadRequest"/>.
    /// </summary>
    public static TagsFilter? TryCreate(FilterNode node)
    {
        var nodesLeft = MaxNodes;
        var filter = TryCreate(node, MaxDepth, ref nodesLeft);
        if (filter is not null)
        {
            filter._node = node;
        }

        return filter;
    }

    /// <summary>True when the other was made from the same tree.</summary>
    public bool IsSameAs(TagsFilter other) => _node!.Equals(other._node);

    /// <summary>True when a publication with these tags, null for none, is one to deliver.</summary>
    public bool Matches(IReadOnlyDictionary<string, string>? tags) => _kind switch
    {
        Kind.And => MatchesAll(tags),
        Kind.Or => MatchesAny(tags),
        Kind.Not => !_children[0].Matches(tags),
        _ => _condition!.IsTrue(tags),
    };

    private static TagsFilter? TryCreate(FilterNode node, int depthLeft, ref int nodesLeft)
    {
        if (depthLeft == 0 || nodesLeft-- == 0)
        {
            return null;
        }

        return node.Op switch
        {
            "" => TagCondition.TryCreate(node) is { } condition ? new TagsFilter(Kind.Leaf, [], condition) : null,
            "and" => TryCreate(Kind.And, node, depthLeft, ref nodesLeft),
            "or" => TryCreate(Kind.Or, node, depthLeft, ref nodesLeft),
            "not" when node.Nodes.Count == 1 => TryCreate(Kind.Not, node, depthLeft, ref nodesLeft),
            _ => null,
        };
    }

    private static TagsFilter? TryCreate(Kind kind, FilterNode node, int depthLeft, ref int nodesLeft)
    {
        if (node.Nodes.Count == 0 || node.Nodes.Count > nodesLeft)
        {
            return null;
        }

        var children = new TagsFilter[node.Nodes.Count];
        for (var i = 0; i < children.Length; i++)
        {
            if (TryCreate(node.Nodes[i], depthLeft - 1, ref nodesLeft) is not { } child)
            {
                return null;
            }

            children[i] = child;
        }

        return new TagsFilter(kind, children, condition: null);
    }

    private bool MatchesAll(IReadOnlyDictionary<string, string>? tags)
    {
        foreach (var child in _children)
        {
            if (!child.Matches(tags))
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchesAny(IReadOnlyDictionary<string, string>? tags)
    {
        foreach (var child in _children)
        {
            if (child.Matches(tags))
            {
                return true;
            }
        }

        return false;
    }
}
