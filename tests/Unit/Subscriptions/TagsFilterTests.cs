using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Unit.Subscriptions;

public sealed class TagsFilterTests
{
    [Theory]
    [InlineData("eq", "a", true)]
    [InlineData("eq", "A", false)]
    [InlineData("eq", "", false)]
    [InlineData("eq", null, false)]
    [InlineData("neq", "a", false)]
    [InlineData("neq", "b", true)]
    [InlineData("neq", "", true)]
    [InlineData("neq", null, true)]
    [InlineData("sw", "abc", true)]
    [InlineData("sw", "ba", false)]
    [InlineData("sw", null, false)]
    [InlineData("ew", "ba", true)]
    [InlineData("ew", "ab", false)]
    [InlineData("ew", null, false)]
    [InlineData("ct", "bab", true)]
    [InlineData("ct", "bcb", false)]
    [InlineData("ct", null, false)]
    public void Matches_TextComparison_ComparesOrdinally(string cmp, string? tag, bool expected) =>
        Assert.Equal(expected, Create(Leaf(cmp, "a")).Matches(Tags(tag)));

    [Theory]
    [InlineData("in", "a", true)]
    [InlineData("in", "b", true)]
    [InlineData("in", "c", false)]
    [InlineData("in", null, false)]
    [InlineData("nin", "a", false)]
    [InlineData("nin", "c", true)]
    [InlineData("nin", null, true)]
    public void Matches_Membership_LooksAtAllValues(string cmp, string? tag, bool expected) =>
        Assert.Equal(expected, Create(Leaf(cmp, "", "a", "b")).Matches(Tags(tag)));

    [Theory]
    [InlineData("in", true)]
    [InlineData("nin", false)]
    public void Matches_MembershipOfMissingTag_CountsAsEmpty(string cmp, bool expected) =>
        Assert.Equal(expected, Create(Leaf(cmp, "", "a", "")).Matches(null));

    [Theory]
    [InlineData("ex", "", true)]
    [InlineData("ex", "a", true)]
    [InlineData("ex", null, false)]
    [InlineData("nex", "", false)]
    [InlineData("nex", "a", false)]
    [InlineData("nex", null, true)]
    public void Matches_Existence_IgnoresTheValue(string cmp, string? tag, bool expected) =>
        Assert.Equal(expected, Create(Leaf(cmp, "")).Matches(Tags(tag)));

    [Theory]
    [InlineData("gt", "10.01", true)]
    [InlineData("gt", "10", false)]
    [InlineData("gt", "9", false)]
    [InlineData("gte", "10.00", true)]
    [InlineData("gte", "9.99", false)]
    [InlineData("lt", "9", true)]
    [InlineData("lt", "-100", true)]
    [InlineData("lt", "10", false)]
    [InlineData("lte", "10", true)]
    [InlineData("lte", "10.0000000000000000000001", false)]
    [InlineData("gt", null, false)]
    [InlineData("lt", null, false)]
    [InlineData("gte", "", false)]
    [InlineData("gt", "eleven", false)]
    [InlineData("gt", "1e3", false)]
    [InlineData("gt", "1,000", false)]
    [InlineData("gt", " 11", false)]
    [InlineData("gt", "99999999999999999999999999999999999999", false)]
    public void Matches_NumericComparison_IsExact(string cmp, string? tag, bool expected) =>
        Assert.Equal(expected, Create(Leaf(cmp, "10.0")).Matches(Tags(tag)));

    [Fact]
    public void Matches_NumericComparisonWithText_IsFalse() => Assert.False(Create(Leaf("lte", "ten")).Matches(Tags("1")));

    [Fact]
    public void Matches_NoTags_CountAsMissing()
    {
        Assert.False(Create(Leaf("eq", "a")).Matches(null));
        Assert.True(Create(Leaf("neq", "a")).Matches(null));
        Assert.True(Create(Leaf("nex", "")).Matches(null));
    }

    [Theory]
    [InlineData("and", "ab", true)]
    [InlineData("and", "ac", false)]
    [InlineData("and", "cb", false)]
    [InlineData("or", "ac", true)]
    [InlineData("or", "cb", true)]
    [InlineData("or", "cc", false)]
    public void Matches_AndOr_CombineTheirChildren(string op, string tag, bool expected) =>
        Assert.Equal(expected, Create(Node(op, Leaf("sw", "a"), Leaf("ew", "b"))).Matches(Tags(tag)));

    [Fact]
    public void Matches_Not_Inverts()
    {
        var filter = Create(Node("not", Node("or", Leaf("eq", "a"), Leaf("nex", ""))));

        Assert.False(filter.Matches(Tags("a")));
        Assert.False(filter.Matches(null));
        Assert.True(filter.Matches(Tags("b")));
    }

    [Theory]
    [InlineData("eq")]
    [InlineData("neq")]
    [InlineData("sw")]
    [InlineData("ew")]
    [InlineData("ct")]
    [InlineData("gt")]
    [InlineData("gte")]
    [InlineData("lt")]
    [InlineData("lte")]
    public void TryCreate_ValueComparison_NeedsKeyAndValueOnly(string cmp)
    {
        Assert.NotNull(TagsFilter.TryCreate(Leaf(cmp, "v")));
        Assert.Null(TagsFilter.TryCreate(Leaf(cmp, "")));
        Assert.Null(TagsFilter.TryCreate(Leaf(cmp, "v", "a")));
        Assert.Null(TagsFilter.TryCreate(new FilterNode { Cmp = cmp, Val = "v" }));
    }

    [Theory]
    [InlineData("in")]
    [InlineData("nin")]
    public void TryCreate_Membership_NeedsKeyAndValuesOnly(string cmp)
    {
        Assert.NotNull(TagsFilter.TryCreate(Leaf(cmp, "", "a")));
        Assert.Null(TagsFilter.TryCreate(Leaf(cmp, "")));
        Assert.Null(TagsFilter.TryCreate(Leaf(cmp, "v", "a")));
        Assert.Null(TagsFilter.TryCreate(new FilterNode { Cmp = cmp, Vals = { "a" } }));
    }

    [Theory]
    [InlineData("ex")]
    [InlineData("nex")]
    public void TryCreate_Existence_NeedsNothing(string cmp)
    {
        Assert.NotNull(TagsFilter.TryCreate(Leaf(cmp, "")));
        Assert.NotNull(TagsFilter.TryCreate(new FilterNode { Cmp = cmp }));
        Assert.Null(TagsFilter.TryCreate(Leaf(cmp, "v")));
        Assert.Null(TagsFilter.TryCreate(Leaf(cmp, "", "a")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("EQ")]
    [InlineData("regex")]
    public void TryCreate_UnknownComparison_IsNull(string cmp) => Assert.Null(TagsFilter.TryCreate(Leaf(cmp, "v")));

    [Fact]
    public void TryCreate_MalformedNodes_AreNull()
    {
        var leaf = Leaf("eq", "v");

        Assert.Null(TagsFilter.TryCreate(new FilterNode()));
        Assert.Null(TagsFilter.TryCreate(Node("and")));
        Assert.Null(TagsFilter.TryCreate(Node("or")));
        Assert.Null(TagsFilter.TryCreate(Node("not")));
        Assert.Null(TagsFilter.TryCreate(Node("not", leaf, leaf)));
        Assert.Null(TagsFilter.TryCreate(Node("xor", leaf, leaf)));
        Assert.Null(TagsFilter.TryCreate(Node("AND", leaf)));
        Assert.Null(TagsFilter.TryCreate(Node("and", leaf, Leaf("eq", ""))));
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    [InlineData(50_000, false)]
    public void TryCreate_Depth_IsLimited(int depth, bool accepted)
    {
        var node = Leaf("eq", "v");
        for (var i = 1; i < depth; i++)
        {
            node = Node("not", node);
        }

        Assert.Equal(accepted, TagsFilter.TryCreate(node) is not null);
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void TryCreate_Nodes_AreLimited(int leaves, bool accepted)
    {
        var flat = Node("or", [.. Enumerable.Repeat(Leaf("eq", "v"), leaves)]);
        var nested = Node("or", Node("and", [.. Enumerable.Repeat(Leaf("eq", "v"), leaves / 2)]), Node("and", [.. Enumerable.Repeat(Leaf("eq", "v"), leaves - (leaves / 2) - 2)]));

        Assert.Equal(accepted, TagsFilter.TryCreate(flat) is not null);
        Assert.Equal(accepted, TagsFilter.TryCreate(nested) is not null);
    }

    private static TagsFilter Create(FilterNode node)
    {
        var filter = TagsFilter.TryCreate(node);
        Assert.NotNull(filter);
        return filter;
    }

    private static FilterNode Leaf(string cmp, string val, params string[] vals) => new() { Key = "k", Cmp = cmp, Val = val, Vals = { vals } };

    private static FilterNode Node(string op, params FilterNode[] nodes) => new() { Op = op, Nodes = { nodes } };

    private static Dictionary<string, string>? Tags(string? value) =>
        value is null ? new() { ["other"] = "a" } : new() { ["other"] = "x", ["k"] = value };
}
