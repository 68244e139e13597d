using Microsoft.Extensions.Configuration;

namespace WsCluster.Configuration;

/// <summary>Finds configuration keys that nothing reads: a typo must stop the start, not silently leave a default in force.</summary>
public static class UnknownKeys
{
    /// <summary>The keys below <paramref name="sectionName"/> that <paramref name="options"/> has no property for, a sentence for each.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="sectionName">The section that is bound to <paramref name="options"/>, such as <c>WsCluster:Silo</c>.</param>
    /// <param name="options">The options type.</param>
    /// <param name="subsections">
    /// Sections inside it that are bound elsewhere. When given, other sections are left to other processes unless their
    /// name looks like a misspelling of a known one.
    /// </param>
    public static IReadOnlyList<string> Find(
        IConfiguration configuration, string sectionName, Type options, params IReadOnlyList<string> subsections)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(subsections);
        var problems = new List<string>();
        Check(configuration.GetSection(sectionName), options, subsections, problems);
        return problems;
    }

    private static void Check(IConfigurationSection section, Type type, IReadOnlyList<string> subsections, List<string> problems)
    {
        if (OptionsShape.ElementOf(type, out _) is { } element)
        {
            foreach (var child in section.GetChildren())
            {
                Check(child, element, [], problems);
            }

            return;
        }

        if (OptionsShape.IsValue(type))
        {
            problems.AddRange(section.GetChildren().Select(child => $"{child.Path} is not a known key: {section.Path} holds one value."));
            return;
        }

        var properties = OptionsShape.PropertiesOf(type).ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        string[] known = [.. properties.Keys, .. subsections];
        foreach (var child in section.GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var property))
            {
                Check(child, property.PropertyType, [], problems);
                continue;
            }

            if (known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            var nearest = Nearest(child.Key, known);
            var mayBelongElsewhere = subsections.Count > 0 && child.GetChildren().Any();
            if (nearest is not null || !mayBelongElsewhere)
            {
                problems.Add($"{child.Path} is not a known key{(nearest is null ? "." : $"; did you mean {nearest}?")}");
            }
        }
    }

    /// <summary>The known name that is close enough to have been meant.</summary>
    private static string? Nearest(string key, IEnumerable<string> known) =>
        known.Select(name => (Name: name, Distance: Distance(key, name)))
            .Where(candidate => candidate.Distance <= Math.Max(1, candidate.Name.Length / 4))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    /// <summary>How many characters must be added, removed or changed to get from one name to the other, whatever their case.</summary>
    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        var current = new int[right.Length + 1];
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (same ? 0 : 1));
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
