using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.Hosting;
using WsCluster.Grains.Routing;

namespace WsCluster.Tests.Unit.Configuration;

public sealed class ConfigurationChecksTests
{
    private const string Channels = "WsCluster:Channels";

    [Fact]
    public void ValidChannels_Bind()
    {
        var namespaces = Bind(new()
        {
            [$"{Channels}:WithoutNamespace:Presence"] = "true",
            [$"{Channels}:Namespaces:chat:HistorySize"] = "100",
            [$"{Channels}:Namespaces:chat:HistoryTtl"] = "00:05:00",
            [$"{Channels}:Namespaces:chat:AllowedDeltaTypes:0"] = "fossil",
            [$"{Channels}:Namespaces:chat:ForceRecoveryMode"] = "cache",
            [$"{Channels}:Namespaces:chat:ForceRecovery"] = "true",
        });

        Assert.True(namespaces.WithoutNamespace.Presence);
        Assert.True(namespaces.Find("chat:1")!.HasHistory);
        Assert.True(namespaces.Find("chat:1")!.AllowsFossilDelta);
        Assert.Equal(RecoveryMode.Cache, namespaces.Find("chat:1")!.ForceRecoveryMode);
    }

    [Fact]
    public void NoChannels_HaveDefaults() => Assert.False(Bind([]).WithoutNamespace.HasHistory);

    [Theory]
    [InlineData("Namespaces:chat:HistorySize", "-5", "WsCluster:Channels:Namespaces:chat:HistorySize is -5, but must be from 0 to 1000000.")]
    [InlineData("WithoutNamespace:HistoryTtl", "400.00:00:00", "WsCluster:Channels:WithoutNamespace:HistoryTtl is 400.00:00:00, but must be from 00:00:00 to 365.00:00:00.")]
    [InlineData("WithoutNamespace:HistorySize", "10", "WsCluster:Channels:WithoutNamespace:HistorySize is 10, but history needs HistoryTtl to be positive as well.")]
    [InlineData("WithoutNamespace:HistoryTtl", "00:01:00", "WsCluster:Channels:WithoutNamespace:HistoryTtl is 00:01:00, but history needs HistorySize to be positive as well.")]
    [InlineData("WithoutNamespace:AllowedDeltaTypes:0", "xdelta", "WsCluster:Channels:WithoutNamespace:AllowedDeltaTypes has 'xdelta', but the only delta type is fossil.")]
    [InlineData("WithoutNamespace:Durability", "Redis", "WsCluster:Channels:WithoutNamespace:Durability is Redis, but must be Auto or None: there is no history while HistorySize and HistoryTtl are not positive.")]
    [InlineData("WithoutNamespace:Durability", "disk", "WsCluster:Channels:WithoutNamespace:Durability is 'disk', but must be one of Auto, None, Memory, Redis, RedisFsync.")]
    [InlineData("WithoutNamespace:ForceRecovery", "true", "WsCluster:Channels:WithoutNamespace:ForceRecovery needs history: HistorySize and HistoryTtl must be positive.")]
    [InlineData("WithoutNamespace:ForceRecoveryMode", "Cache", "WsCluster:Channels:WithoutNamespace:ForceRecoveryMode needs history: HistorySize and HistoryTtl must be positive.")]
    [InlineData("Namespaces:a:Presence", "true", "WsCluster:Channels:Namespaces:a is not a namespace's name: it must match ^[-a-zA-Z0-9_]{2,}$.")]
    [InlineData("WithoutNamespace:HistorySise", "5", "WsCluster:Channels:WithoutNamespace:HistorySise is not a known key; did you mean HistorySize?")]
    [InlineData("Namespaces:chat:Presense", "true", "WsCluster:Channels:Namespaces:chat:Presense is not a known key; did you mean Presence?")]
    [InlineData("Namespace:chat:Presence", "true", "WsCluster:Channels:Namespace is not a known key; did you mean Namespaces?")]
    [InlineData("WithoutNamespace:Colour", "red", "WsCluster:Channels:WithoutNamespace:Colour is not a known key.")]
    [InlineData("WithoutNamespace:Presence:Deep", "1", "WsCluster:Channels:WithoutNamespace:Presence:Deep is not a known key: WsCluster:Channels:WithoutNamespace:Presence holds one value.")]
    [InlineData("WithoutNamespace:HistoryTtl", "abc", "WsCluster:Channels:WithoutNamespace:HistoryTtl is 'abc', but must be a time as [days.]hours:minutes:seconds, such as 00:05:00.")]
    [InlineData("WithoutNamespace:HistoryTtl", "300", "WsCluster:Channels:WithoutNamespace:HistoryTtl is '300', but must be a time as [days.]hours:minutes:seconds, such as 00:05:00.")]
    [InlineData("WithoutNamespace:HistorySize", "many", "WsCluster:Channels:WithoutNamespace:HistorySize is 'many', but must be a whole number.")]
    [InlineData("WithoutNamespace:HistorySize", "99999999999", "WsCluster:Channels:WithoutNamespace:HistorySize is '99999999999', but must be a whole number.")]
    [InlineData("WithoutNamespace:Presence", "yes", "WsCluster:Channels:WithoutNamespace:Presence is 'yes', but must be true or false.")]
    [InlineData("WithoutNamespace:PublicationDataFormat", "xml", "WsCluster:Channels:WithoutNamespace:PublicationDataFormat is 'xml', but must be one of NotEmpty, Json, JsonObject, Binary.")]
    [InlineData("WithoutNamespace:PublicationDataFormat", "7", "WsCluster:Channels:WithoutNamespace:PublicationDataFormat is '7', but must be one of NotEmpty, Json, JsonObject, Binary.")]
    [InlineData("WithoutNamespace:AllowedDeltaTypes", "fossil", "WsCluster:Channels:WithoutNamespace:AllowedDeltaTypes is 'fossil', but must be a list.")]
    [InlineData("WithoutNamespace", "on", "WsCluster:Channels:WithoutNamespace is 'on', but must be a section with keys of its own.")]
    public void WrongChannels_AreExplained(string key, string value, string sentence)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(new() { [$"{Channels}:{key}"] = value }));

        Assert.Contains(sentence, refused.Failures);
    }

    [Fact]
    public void DeliveryWherePositionsAreForced_IsExplained()
    {
        var settings = History("Memory");
        settings[$"{Channels}:Namespaces:chat:ForceRecovery"] = "true";
        settings[$"{Channels}:Namespaces:chat:Delivery"] = "Adaptive";

        var refused = Assert.Throws<OptionsValidationException>(() => Bind(settings));

        Assert.Equal(["WsCluster:Channels:Namespaces:chat:Delivery is Adaptive, which is for subscribers without a position, but ForceRecovery gives all of them one."], refused.Failures);
    }

    [Fact]
    public void HistoryWithoutDurability_IsExplained()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(History("None")));

        Assert.Equal(["WsCluster:Channels:Namespaces:chat:Durability is None, but must be another: HistorySize and HistoryTtl turn history on."], refused.Failures);
    }

    [Theory]
    [InlineData("Auto")]
    [InlineData("Memory")]
    [InlineData("Redis")]
    [InlineData("RedisFsync")]
    public void HistoryWithDurability_Binds(string durability) => Assert.Equal(durability, $"{Bind(History(durability)).Find("chat:1")!.Durability}");

    [Theory]
    [InlineData("Redis")]
    [InlineData("RedisFsync")]
    public void DurabilityInRedis_WithoutRedis_IsExplained(string durability)
    {
        var namespaces = Bind(History(durability));

        Assert.Equal(
            [$"WsCluster:Channels:Namespaces:chat:Durability is {durability}, but must be Auto, None or Memory while WsCluster:Redis is not set: there is no Redis to keep history in."],
            new DurabilityRules(new ClusterOptions()).Validate(null, namespaces).Failures!);
        Assert.True(new DurabilityRules(new ClusterOptions { Redis = "localhost" }).Validate(null, namespaces).Succeeded);
    }

    [Fact]
    public void WrongRegex_IsExplained()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(new() { [$"{Channels}:WithoutNamespace:ChannelRegex"] = "(" }));

        Assert.StartsWith("WsCluster:Channels:WithoutNamespace:ChannelRegex is '(', but must be a regular expression: ", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void AllFailures_ComeAtOnce()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(new()
        {
            [$"{Channels}:WithoutNamespace:HistorySise"] = "1",
            [$"{Channels}:WithoutNamespace:Presence"] = "maybe",
        }));

        Assert.Equal(2, refused.Failures.Count());
    }

    [Theory]
    [InlineData("Chanels:WithoutNamespace:Presence", "WsCluster:Chanels is not a known key; did you mean Channels?")]
    [InlineData("Reddis", "WsCluster:Reddis is not a known key; did you mean Redis?")]
    [InlineData("Colour", "WsCluster:Colour is not a known key.")]
    [InlineData("Gateway:Port", null)]
    [InlineData("channels:WithoutNamespace:Presence", null)]
    [InlineData("redis", null)]
    public void TopLevelKeys_LeaveOtherProcessesTheirSections(string key, string? sentence)
    {
        var configuration = Configuration(new() { [$"WsCluster:{key}"] = "1" });

        var problems = UnknownKeys.Find(configuration, ClusterOptions.SectionName, typeof(ClusterOptions), "Channels", "Silo");

        Assert.Equal(sentence is null ? [] : [sentence], problems);
    }

    [Theory]
    [InlineData("0", "WsCluster:Silo:Port is 0, but must be from 1 to 65535.")]
    [InlineData("65536", "WsCluster:Silo:Port is 65536, but must be from 1 to 65535.")]
    public void WrongPort_IsExplained(string value, string sentence)
    {
        var configuration = Configuration(new() { ["WsCluster:Silo:Port"] = value });

        var refused = Assert.Throws<OptionsValidationException>(() => configuration.ReadChecked<SiloEndpointOptions>(SiloEndpointOptions.SectionName));

        Assert.Equal([sentence], refused.Failures);
    }

    [Fact]
    public void SwappedLetters_AreRecognised()
    {
        var configuration = Configuration(new() { ["WsCluster:Silo:Prot"] = "1" });

        Assert.Equal(
            ["WsCluster:Silo:Prot is not a known key; did you mean Port?"],
            UnknownKeys.Find(configuration, SiloEndpointOptions.SectionName, typeof(SiloEndpointOptions)));
    }

    [Fact]
    public void ShortLease_IsExplained()
    {
        var configuration = Configuration(new() { ["WsCluster:Delivery:GatewayLease"] = "00:00:01" });

        var refused = Assert.Throws<OptionsValidationException>(() => configuration.ReadChecked<DeliveryOptions>(DeliveryOptions.SectionName));

        Assert.Equal(["WsCluster:Delivery:GatewayLease is 00:00:01, but must be from 00:00:02 to 00:10:00."], refused.Failures);
    }

    [Fact]
    public void BadClusterId_IsExplained()
    {
        var configuration = Configuration(new() { ["WsCluster:ClusterId"] = "a b" });

        var refused = Assert.Throws<OptionsValidationException>(() => configuration.ReadChecked<ClusterOptions>(ClusterOptions.SectionName));

        Assert.Equal(["WsCluster:ClusterId is 'a b', but must match ^[-a-zA-Z0-9_.]{1,64}$."], refused.Failures);
    }

    [Fact]
    public void BadRedis_IsExplainedWithoutThePassword()
    {
        var refused = Assert.Throws<OptionsValidationException>(
            () => RedisConnection.Parse(new ClusterOptions { Redis = "localhost:6379,passwrod=x,password=hunter2" }));

        var sentence = Assert.Single(refused.Failures);
        Assert.StartsWith("WsCluster:Redis is 'localhost:6379,passwrod=x,password=***', but must be", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void StartFailure_FindsTheSentencesInside()
    {
        var failure = new InvalidOperationException("x", new OptionsValidationException("", typeof(string), ["One.", "Two."]));

        Assert.Equal(["One.", "Two."], StartFailure.Explain(failure, Configuration([]))!);
        Assert.Null(StartFailure.Explain(new InvalidOperationException("x"), Configuration([])));
    }

    [Fact]
    public void StartFailure_RedisDoesNotAnswer_NamesItWithoutThePassword()
    {
        var failure = new InvalidOperationException("x", new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "no", null, CommandStatus.Unknown));
        var configuration = Configuration(new() { ["WsCluster:Redis"] = "cache:6390,password=hunter2" });

        Assert.Equal(
            "WsCluster:Redis must be a Redis that answers, but none does at cache:6390.",
            Assert.Single(StartFailure.Explain(failure, configuration)!));
    }

    private static Dictionary<string, string?> History(string durability) => new()
    {
        [$"{Channels}:Namespaces:chat:HistorySize"] = "10",
        [$"{Channels}:Namespaces:chat:HistoryTtl"] = "00:05:00",
        [$"{Channels}:Namespaces:chat:Durability"] = durability,
    };

    private static ChannelNamespaces Bind(Dictionary<string, string?> values)
    {
        using var services = new ServiceCollection().AddChannelNamespaces(Configuration(values)).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ChannelNamespaces>>().Value;
    }

    private static IConfiguration Configuration(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
