using WsCluster.Configuration;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Tests.Unit.Commands;

/// <summary>Protocol §20.</summary>
public sealed class ChannelRulesTests
{
    private readonly ChannelNamespaces _namespaces = new()
    {
        Namespaces =
        {
            ["chat"] = new ChannelOptions(),
            ["digits"] = new ChannelOptions { ChannelRegex = "^[0-9]+$" },
            ["any"] = new ChannelOptions { ChannelRegex = "." },
            ["slow"] = new ChannelOptions { ChannelRegex = "^(a+)+$" },
        },
    };

    private readonly GatewayOptions _options = new() { MaxChannelLength = 40 };

    [Theory]
    [InlineData("news", ErrorCode.None)]
    [InlineData("chat:1", ErrorCode.None)]
    [InlineData("$chat:1", ErrorCode.None)]
    [InlineData("chat:1:2", ErrorCode.None)]
    [InlineData("missing:1", ErrorCode.UnknownChannel)]
    [InlineData("Chat:1", ErrorCode.UnknownChannel)]
    [InlineData("missing:\u00e9", ErrorCode.UnknownChannel)]
    [InlineData("n\u00e9ws", ErrorCode.BadRequest)]
    [InlineData("chat:\u00e9", ErrorCode.BadRequest)]
    [InlineData("digits:42", ErrorCode.None)]
    [InlineData("$digits:42", ErrorCode.None)]
    [InlineData("digits:4x", ErrorCode.BadRequest)]
    [InlineData("digits:", ErrorCode.BadRequest)]
    [InlineData("any:\u00e9", ErrorCode.None)] // the expression alone decides
    [InlineData("1234567890123456789012345678901234567890", ErrorCode.None)]
    [InlineData("12345678901234567890123456789012345678901", ErrorCode.BadRequest)]
    [InlineData("any:\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", ErrorCode.None)] // 40 bytes
    [InlineData("any:\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9a", ErrorCode.BadRequest)]
    public void Check_Name_IsJudged(string channel, ErrorCode expected) =>
        Assert.Equal(expected, Rules().Check(channel, out _));

    [Fact]
    public void Check_GoodName_GivesItsNamespace()
    {
        Rules().Check("$chat:1", out var chat);
        Rules().Check("1", out var without);

        Assert.Same(_namespaces.Namespaces["chat"], chat);
        Assert.Same(_namespaces.WithoutNamespace, without);
    }

    [Fact]
    public void Check_TooLong_GivesNoOptions()
    {
        Rules().Check(new string('a', 41), out var options);

        Assert.Null(options);
    }

    [Fact]
    public void Check_ExpressionThatTakesTooLong_IsRefused() =>
        Assert.Equal(ErrorCode.BadRequest, Rules().Check("slow:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", out _));

    private ChannelRules Rules() => new(new FixedOptions<ChannelNamespaces>(_namespaces), new FixedOptions<GatewayOptions>(_options), TestMetrics.Gateway());
}
