using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.AtomicSets;

namespace WsCluster.Tests.Unit.AtomicSets;

/// <summary>What is refused before anything is decided.</summary>
public sealed class AtomicSetRulesTests
{
    private readonly AtomicSetRules _rules = new(
        Options.Create(new ChannelNamespaces
        {
            Namespaces = new Dictionary<string, ChannelOptions>
            {
                ["durable"] = Durable(ChannelDurability.Redis),
                ["fsync"] = Durable(ChannelDurability.RedisFsync),
                ["memory"] = Durable(ChannelDurability.Memory),
                ["live"] = new() { Durability = ChannelDurability.Redis },
                ["room"] = Behaving(),
                ["json"] = Json(),
            },
        }),
        Options.Create(new AtomicPublishOptions { MaxPublications = 3, MaxBytes = 1024 }));

    [Fact]
    public void DurableChannels_AreTaken() => _rules.Check(Request(Publication("durable:1"), Publication("fsync:1"), Publication("durable:2")));

    [Theory]
    [InlineData("memory:1", ErrorCode.NotAvailable)]
    [InlineData("live:1", ErrorCode.NotAvailable)]
    [InlineData("room:1", ErrorCode.NotAvailable)]
    [InlineData("unknown:1", ErrorCode.UnknownChannel)]
    [InlineData("plain", ErrorCode.NotAvailable)]
    [InlineData("", ErrorCode.BadRequest)]
    [InlineData("json:1", ErrorCode.BadRequest)]
    [InlineData("durable:1", ErrorCode.BadRequest)]
    public void ChannelThatCannotTakeIt_RefusesAll(string channel, ErrorCode code) =>
        Assert.Equal(code, CodeOf(Request(Publication("durable:1"), Publication(channel))));

    [Fact]
    public void WhatOneChannelDecides_IsRefused()
    {
        var publication = Publication("durable:1");

        Assert.Equal(ErrorCode.BadRequest, CodeOf(Request(publication with { Request = publication.Request with { SkipHistory = true } })));
        Assert.Equal(ErrorCode.BadRequest, CodeOf(Request(publication with { Request = publication.Request with { Version = 1 } })));
        Assert.Equal(ErrorCode.BadRequest, CodeOf(Request(publication with { Request = publication.Request with { IdempotencyKey = "k" } })));
    }

    [Fact]
    public void Limits_Hold()
    {
        Assert.Equal(ErrorCode.BadRequest, CodeOf(Request()));
        Assert.Equal(ErrorCode.BadRequest, CodeOf(Request([.. Enumerable.Range(1, 4).Select(i => Publication($"durable:{i}"))])));
        Assert.Equal(ErrorCode.BadRequest, CodeOf(Request(Publication("durable:1", 600), Publication("durable:2", 600))));
        Assert.Equal(ErrorCode.BadRequest, CodeOf(Request(Publication("durable:1")) with { IdempotencyKey = new string('k', 257) }));
    }

    private ErrorCode CodeOf(AtomicPublishRequest request) => Assert.Throws<WsClusterException>(() => _rules.Check(request)).Code;

    private static AtomicPublishRequest Request(params ChannelPublication[] publications) => new() { Publications = publications };

    private static ChannelPublication Publication(string channel, int bytes = 1) =>
        new() { Channel = channel, Request = new PublishRequest { Data = new byte[bytes] } };

    private static ChannelOptions Durable(ChannelDurability durability) =>
        new() { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1), Durability = durability };

    private static ChannelOptions Behaving()
    {
        var options = Durable(ChannelDurability.Redis);
        options.Behavior = true;
        return options;
    }

    private static ChannelOptions Json()
    {
        var options = Durable(ChannelDurability.Redis);
        options.PublicationDataFormat = DataFormat.Json;
        return options;
    }
}
