using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;

namespace WsCluster.Tests.Unit.Grains;

/// <summary>Which changes of the configuration a running silo takes over.</summary>
public sealed class NamespaceOptionsTests
{
    private readonly Changing _changes = new(With(("chat", Kept())));

    [Fact]
    public void Change_OfANamespace_ReachesWhoeverKeepsItsOptions()
    {
        using var options = Create();
        var kept = options.Find("chat:1")!;

        _changes.Set(With(("chat", new ChannelOptions
        {
            HistorySize = 3,
            HistoryTtl = TimeSpan.FromHours(1),
            Presence = true,
            DeltaPublish = true,
            AllowedDeltaTypes = ["fossil"],
            PublicationDataFormat = DataFormat.JsonObject,
            HistoryMetaTtl = TimeSpan.FromDays(1),
        })));

        Assert.Same(kept, options.Find("chat:2"));
        Assert.Equal((3, TimeSpan.FromHours(1), true, true), (kept.HistorySize, kept.HistoryTtl, kept.Presence, kept.DeltaPublish));
        Assert.Equal((true, DataFormat.JsonObject, TimeSpan.FromDays(1)), (kept.AllowsFossilDelta, kept.PublicationDataFormat, kept.HistoryMetaTtl));
    }

    [Fact]
    public void Change_OfEveryOption_IsTakenOverOrFixed()
    {
        using var options = Create();
        var kept = options.Find("chat:1")!;
        foreach (var property in typeof(ChannelOptions).GetProperties().Where(property => property.CanWrite))
        {
            var changed = Kept();
            property.SetValue(changed, property.GetValue(changed) switch
            {
                bool value => !value,
                int value => value + 1,
                TimeSpan value => value + TimeSpan.FromSeconds(1),
                string => "^a$",
                Enum value => Enum.ToObject(value.GetType(), 1),
                IList<string> => new List<string> { "fossil" },
                var other => throw new NotSupportedException($"{property.Name} is {other}."),
            });
            _changes.Set(With(("chat", changed)));

            var isFixed = property.Name is nameof(ChannelOptions.Durability) or nameof(ChannelOptions.Behavior);
            Assert.True(Equals(property.GetValue(isFixed ? Kept() : changed), property.GetValue(kept)), property.Name);
        }
    }

    [Fact]
    public void Change_OfChannelsWithoutNamespace_IsTakenOver()
    {
        using var options = Create();
        var kept = options.Find("a")!;

        _changes.Set(new ChannelNamespaces { WithoutNamespace = new ChannelOptions { Presence = true } });

        Assert.True(kept.Presence);
        Assert.Null(options.Find("chat:1")); // is gone
    }

    [Fact]
    public void NewNamespace_IsKnownAtOnce_UnlessItNeedsARestart()
    {
        using var options = Create();

        _changes.Set(With(
            ("chat", Kept()), ("news", new ChannelOptions()), ("safe", new ChannelOptions { Durability = ChannelDurability.Redis }), ("code", new ChannelOptions { Behavior = true })));

        Assert.NotNull(options.Find("news:1"));
        Assert.Null(options.Find("safe:1")); // nobody has looked whether this Redis can
        Assert.Null(options.Find("code:1"));
    }

    [Fact]
    public void HistoryOfABehavior_StaysAsItWas()
    {
        _changes.Set(With(("game", new ChannelOptions { Behavior = true, HistorySize = 100, HistoryTtl = TimeSpan.FromHours(1) })));
        using var options = Create();

        _changes.Set(With(("game", new ChannelOptions { Behavior = true, HistorySize = 2, HistoryTtl = TimeSpan.FromMinutes(1), Presence = true })));

        var game = options.Find("game:1")!;
        Assert.Equal((100, TimeSpan.FromHours(1), true), (game.HistorySize, game.HistoryTtl, game.Presence)); // its state is replayed from them
    }

    private NamespaceOptions Create() => new(Options.Create(_changes.CurrentValue), _changes, NullLogger<NamespaceOptions>.Instance);

    private static ChannelOptions Kept() => new() { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1) };

    private static ChannelNamespaces With(params (string Name, ChannelOptions Options)[] namespaces) =>
        new() { Namespaces = namespaces.ToDictionary(entry => entry.Name, entry => entry.Options, StringComparer.Ordinal) };

    private sealed class Changing(ChannelNamespaces first) : IOptionsMonitor<ChannelNamespaces>
    {
        private Action<ChannelNamespaces, string?>? _listener;

        public ChannelNamespaces CurrentValue { get; private set; } = first;

        public ChannelNamespaces Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ChannelNamespaces, string?> listener)
        {
            _listener += listener;
            return null;
        }

        public void Set(ChannelNamespaces namespaces)
        {
            CurrentValue = namespaces;
            _listener?.Invoke(namespaces, "");
        }
    }
}
