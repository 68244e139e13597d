using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.ServerApi;
using WsCluster.Grains.Users;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>The checklist of SECURITY.md tells the defaults as they are.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly Dictionary<string, object> Options = new()
    {
        ["Gateway"] = new GatewayOptions(),
        ["Api"] = new ApiOptions(),
        ["Tokens"] = new TokenOptions(),
        ["Users"] = new UserOptions(),
        ["Console"] = new ConsoleOptions(),
    };

    [Fact]
    public void Checklist_EverySetting_HasItsDefault()
    {
        var text = File.ReadAllText(Path.Combine(ConfigurationReferenceTests.RepositoryRoot(), "SECURITY.md"));
        var lines = Setting().Matches(text);
        Assert.InRange(lines.Count, 15, 100);
        foreach (Match line in lines)
        {
            var options = Options[line.Groups["section"].Value];
            var property = options.GetType().GetProperty(line.Groups["name"].Value);
            Assert.True(property is not null, $"No such setting: {line.Value}");
            var actual = property.GetValue(options) switch
            {
                IList { Count: 0 } => "empty",
                bool value => value ? "true" : "false",
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            };
            Assert.Equal($"{property.Name} is {actual}", $"{property.Name} is {line.Groups["value"].Value.Trim('`')}");
        }
    }

    [GeneratedRegex(@"^- \[ \] `(?<section>\w+):(?<name>\w+)` is (?<value>`[^`]+`|empty)", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
