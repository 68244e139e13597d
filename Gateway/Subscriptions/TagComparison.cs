namespace WsCluster.Gateway.Subscriptions;

/// <summary>How a <see cref="TagCondition"/> compares; the wire's <c>cmp</c> in brackets.</summary>
internal enum TagComparison
{
    /// <summary>The tag is there and equal (eq).</summary>
    Equal,

    /// <summary>The tag is missing or different (neq).</summary>
    NotEqual,

    /// <summary>The tag, empty when missing, is one of several values (in).</summary>
    In,

    /// <summary>The tag, empty when missing, is none of several values (nin).</summary>
    NotIn,

    /// <summary>The tag is there (ex).</summary>
    Exists,

    /// <summary>The tag is missing (nex).</summary>
    Missing,

    /// <summary>The tag is there and starts so (sw).</summary>
    StartsWith,

    /// <summary>The tag is there and ends so (ew).</summary>
    EndsWith,

    /// <summary>The tag is there and contains the value (ct).</summary>
    Contains,

    /// <summary>Both are numbers, the tag the greater one (gt).</summary>
    Greater,

    /// <summary>Both are numbers, the tag greater or equal (gte).</summary>
    GreaterOrEqual,

    /// <summary>Both are numbers, the tag the smaller one (lt).</summary>
    Less,

    /// <summary>Both are numbers, the tag smaller or equal (lte).</summary>
    LessOrEqual,
}
