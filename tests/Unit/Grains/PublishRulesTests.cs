using System.Text;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;

namespace WsCluster.Tests.Unit.Grains;

public sealed class PublishRulesTests
{
    [Theory]
    [InlineData(DataFormat.NotEmpty, "", false)]
    [InlineData(DataFormat.NotEmpty, "not json", true)]
    [InlineData(DataFormat.Binary, "", true)]
    [InlineData(DataFormat.Json, "", false)]
    [InlineData(DataFormat.Json, "1", true)]
    [InlineData(DataFormat.Json, "[1, {\"a\": null}] ", true)]
    [InlineData(DataFormat.Json, "{", false)]
    [InlineData(DataFormat.Json, "{} {}", false)]
    [InlineData(DataFormat.JsonObject, "{\"a\":1}", true)]
    [InlineData(DataFormat.JsonObject, "[]", false)]
    public void Check_Data_FollowsTheFormat(DataFormat format, string data, bool accepted)
    {
        var request = new PublishRequest { Data = Encoding.UTF8.GetBytes(data) };

        AssertAccepted(accepted, () => PublishRules.Check(request, format));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Check_IdempotencyKey_HasALimit(int length, bool accepted)
    {
        var request = new PublishRequest { Data = [1], IdempotencyKey = new string('k', length) };

        AssertAccepted(accepted, () => PublishRules.Check(request, DataFormat.NotEmpty));
    }

    [Fact]
    public void Check_TooLarge_IsRefused()
    {
        var request = new PublishRequest { Data = new byte[PublishRules.MaxPublicationBytes + 1] };

        AssertAccepted(false, () => PublishRules.Check(request, DataFormat.NotEmpty));
    }

    [Theory]
    [InlineData(0, 'a', false)]
    [InlineData(255, 'a', true)]
    [InlineData(256, 'a', false)]
    [InlineData(127, 'é', true)]
    [InlineData(128, 'é', false)]
    public void IsName_CountsBytes(int length, char letter, bool isName) =>
        Assert.Equal(isName, PublishRules.IsName(new string(letter, length)));

    private static void AssertAccepted(bool accepted, Action check)
    {
        if (accepted)
        {
            check();
        }
        else
        {
            Assert.Equal(ErrorCode.BadRequest, Assert.Throws<WsClusterException>(check).Code);
        }
    }
}
