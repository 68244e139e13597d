using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;
using WsCluster.Gateway;
using WsCluster.Grains;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>
/// docs/logs.md holds every event, made from the code. After a change run the unit tests once with the environment variable
/// UPDATE_DOCS=1.
/// </summary>
public sealed class LogPageTests
{
    private static readonly List<(Type Log, LoggerMessageAttribute Event)> Events =
    [
        .. new[] { typeof(IWsCluster), typeof(GrainMetrics), typeof(GatewayMetrics) }
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(method => (Log: type, Event: method.GetCustomAttribute<LoggerMessageAttribute>())))
            .Where(found => found.Event is not null)
            .Select(found => (found.Log, found.Event!))
            .OrderBy(found => found.Item2.EventId),
    ];

    [Fact]
    public void LogPage_HoldsEveryEventAndNoOther()
    {
        var text = new StringBuilder("| Id | Name | Level | Message |\n|---|---|---|---|\n");
        foreach (var (_, one) in Events)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {one.EventId} | {one.EventName} | {one.Level} | {one.Message} |\n");
        }

        DocsPage.AssertHolds("logs.md", ("events", text.ToString()));
    }

    [Fact]
    public void Events_HaveIdsOfTheirOwn()
    {
        Assert.InRange(Events.Count, 50, 1000);
        Assert.Equal([], Events.GroupBy(found => found.Event.EventId).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public void Events_OfOneClass_ShareAHundredThatNoOtherClassUses()
    {
        var classes = Events.Select(found => (Hundred: found.Event.EventId / 100, found.Log)).Distinct().ToList();

        Assert.Equal([], classes.GroupBy(one => one.Hundred).Where(same => same.Count() > 1).Select(same => string.Join(", ", same.Select(one => one.Log.Name))));
        Assert.Equal([], classes.GroupBy(one => one.Log).Where(same => same.Count() > 1).Select(same => same.Key.Name));
    }

    [Fact]
    public void Events_HaveANameThatTheirClassHasOnce()
    {
        Assert.All(Events, found => Assert.False(string.IsNullOrEmpty(found.Event.EventName), $"{found.Log.Name} {found.Event.EventId}"));
        Assert.Equal([], Events.GroupBy(found => (found.Log, found.Event.EventName)).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public void Events_CarryNoPayloadAndNoToken()
    {
        string[] secrets = ["{Data}", "{Payload}", "{Token}", "{Secret}", "{Key}", "{Password}", "{Body}", "{Frame}"];

        Assert.Equal([], Events.Where(found => secrets.Any(secret => found.Event.Message.Contains(secret, StringComparison.OrdinalIgnoreCase))).Select(found => found.Event.EventId));
    }
}
