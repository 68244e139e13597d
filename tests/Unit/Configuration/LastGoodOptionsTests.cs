using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Tests.Unit.Configuration;

/// <summary>A configuration that changes while the process runs.</summary>
public sealed class LastGoodOptionsTests
{
    private const string Presence = "WsCluster:Channels:WithoutNamespace:Presence";

    private readonly ChangingSource _source = new();
    private readonly IConfigurationRoot _configuration;

    public LastGoodOptionsTests()
    {
        _source.Set((Presence, "true"));
        _configuration = new ConfigurationBuilder().Add(_source).Build();
    }

    [Fact]
    public void Reload_GoodChange_IsTakenOverAndTold()
    {
        using var services = Build();
        var options = services.GetRequiredService<IOptionsMonitor<ChannelNamespaces>>();
        var told = new List<bool>();
        using var registration = options.OnChange((changed, _) => told.Add(changed.WithoutNamespace.Presence));

        _source.Set((Presence, "false"));

        Assert.False(options.CurrentValue.WithoutNamespace.Presence);
        Assert.Equal([false], told);
        registration!.Dispose();
        _source.Set((Presence, "true"));
        Assert.Equal([false], told);
    }

    [Theory]
    [InlineData("WsCluster:Channels:WithoutNamespace:HistorySize", "-1")]
    [InlineData("WsCluster:Channels:WithoutNamespace:HistorySize", "many")]
    [InlineData("WsCluster:Channels:WithoutNamespace:HistorySise", "1")]
    [InlineData("WsCluster:Channels:WithoutNamespace:HistorySize", "10")]
    public void Reload_BadChange_LeavesWhatWas(string key, string value)
    {
        using var services = Build();
        var options = services.GetRequiredService<IOptionsMonitor<ChannelNamespaces>>();
        var before = options.CurrentValue;
        var told = 0;
        using var registration = options.OnChange((_, _) => told++);

        _source.Set((Presence, "false"), (key, value));
        Assert.Same(before, options.CurrentValue);
        Assert.Equal(0, told);

        _source.Set((Presence, "false"));
        Assert.False(options.CurrentValue.WithoutNamespace.Presence);
    }

    private ServiceProvider Build() => new ServiceCollection().AddLogging().AddChannelNamespaces(_configuration).BuildServiceProvider();

    private sealed class ChangingSource : ConfigurationProvider, IConfigurationSource
    {
        public void Set(params (string Key, string? Value)[] settings)
        {
            Data = settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.OrdinalIgnoreCase);
            OnReload();
        }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
    }
}
