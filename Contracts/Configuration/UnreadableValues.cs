using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace WsCluster.Configuration;

/// <summary>Finds configuration values that are not of their option's type, before binding fails on the first of them.</summary>
public static class UnreadableValues
{
    /// <summary>The values below <paramref name="sectionName"/> that cannot be read, a sentence for each with key, value and rule.</summary>
    public static IReadOnlyList<string> Find(IConfiguration configuration, string sectionName, Type options)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Check(configuration.GetSection(sectionName), options, problems);
        return problems;
    }

    private static void Check(IConfigurationSection section, Type type, List<string> problems)
    {
        var element = OptionsShape.ElementOf(type, out var isList);
        if (element is null && OptionsShape.IsValue(type))
        {
            if (section.Value is { } value && RuleBrokenBy(value, Nullable.GetUnderlyingType(type) ?? type) is { } rule)
            {
                problems.Add($"{section.Path} is '{value}', but must be {rule}.");
            }

            return;
        }

        if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add($"{section.Path} is '{section.Value}', but must be {(element is null || !isList ? "a section with keys of its own" : "a list")}.");
            return;
        }

        if (element is not null)
        {
            foreach (var child in section.GetChildren())
            {
                Check(child, element, problems);
            }

            return;
        }

        foreach (var property in OptionsShape.PropertiesOf(type))
        {
            Check(section.GetSection(property.Name), property.PropertyType, problems);
        }
    }

    private static string? RuleBrokenBy(string value, Type type)
    {
        if (type == typeof(string) || CanRead(value, type))
        {
            return null;
        }

        return type switch
        {
            _ when type == typeof(TimeSpan) => "a time as [days.]hours:minutes:seconds, such as 00:05:00",
            _ when type == typeof(bool) => "true or false",
            _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => "a number",
            _ => $"a {type.Name}",
        };
    }

    private static bool CanRead(string value, Type type)
    {
        // A bare "300" reads as 300 days: almost always seconds were meant, so a time needs its colons.
        if (type == typeof(TimeSpan) && !value.Contains(':', StringComparison.Ordinal) && value != "0")
        {
            return false;
        }

        // The converter of enums takes any number.
        if (type.IsEnum && !Enum.GetNames(type).Contains(value.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, value);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }
}
