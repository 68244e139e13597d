using System.Text;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Subscriptions.Derived;

namespace WsCluster.Tests.Unit.Derived;

/// <summary>The table of the newest publications.</summary>
public sealed class LatestByKeyTests
{
    private readonly LatestByKey _latest = new("k", maxKeys: 3);

    [Fact]
    public void Since_GivesTheNewestOfEachKeyInTheOrderInWhichTheyCame()
    {
        Keep("a 1", "b 1", "a 2", "c 1", "b 2", "a 3");

        Assert.Equal(["c 1", "b 2", "a 3"], Since(0));
        Assert.Equal(["b 2", "a 3"], Since(4));
        Assert.Equal(["a 3"], Since(5));
        Assert.Empty(Since(6));
    }

    [Fact]
    public void Keep_TellsWhichNumberItReplaced()
    {
        Assert.Equal([0ul, 0, 1, 2, 3], Keep("a 1", "b 1", "a 2", "b 2", "a 3"));
    }

    [Fact]
    public void ForgetOldest_TakesTheKeyThatWasQuietForLongest()
    {
        Keep("a 1", "b 1", "c 1", "a 2");
        Assert.False(_latest.IsFull);
        Keep("d 1");
        Assert.True(_latest.IsFull);

        Assert.Equal(2ul, _latest.ForgetOldest());

        Assert.False(_latest.IsFull);
        Assert.Equal(["c 1", "a 2", "d 1"], Since(0));
        Assert.Equal(3, _latest.Count);
    }

    [Fact]
    public void Keep_WithoutTheTag_SharesOneKey()
    {
        _latest.Keep(new Publication { Offset = 0, Data = "1"u8.ToArray() });
        _latest.Keep(new Publication { Offset = 0, Data = "2"u8.ToArray(), Tags = new Dictionary<string, string> { ["other"] = "x" } });

        Assert.Equal(["2"], Since(0));
    }

    [Fact]
    public void Bytes_FollowWhatIsKeptAndEncoded()
    {
        Keep("a 1");
        var one = _latest.Bytes;
        Keep("a 2");
        Assert.Equal(one, _latest.Bytes);

        var kept = Assert.Single(_latest.Since(0));
        var message = kept.Encode("news", ProtocolCodecs.Json, out var grown);
        _latest.Grew(grown);
        Assert.Equal(one + message!.Length, _latest.Bytes);
        Assert.Same(message, kept.Encode("news", ProtocolCodecs.Json, out grown)); // once for all subscribers
        Assert.Equal(0, grown);

        Keep("a 3");
        Assert.Equal(one, _latest.Bytes);
        _latest.ForgetOldest();
        Assert.Equal(0, _latest.Bytes);
    }

    private ulong[] Keep(params string[] publications) =>
    [
        .. publications.Select(text => _latest.Keep(new Publication
        {
            Offset = 0,
            Data = Encoding.UTF8.GetBytes($"\"{text}\""),
            Tags = new Dictionary<string, string> { ["k"] = text.Split(' ')[0] },
        })),
    ];

    private string[] Since(ulong number) => [.. _latest.Since(number).Select(latest => Encoding.UTF8.GetString(latest.Publication.Data).Trim('"'))];
}
