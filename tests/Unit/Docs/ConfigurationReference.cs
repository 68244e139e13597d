using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>Writes the table of one options class from its properties, their attributes and their XML documentation.</summary>
internal static partial class ConfigurationReference
{
    public static string Table(string section, Type options)
    {
        var text = new StringBuilder("| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n");
        var defaults = Activator.CreateInstance(options)!;
        foreach (var property in options.GetProperties().Where(p => p.CanWrite).OrderBy(p => p.MetadataToken))
        {
            if (IsNested(property.PropertyType))
            {
                continue; // has a table of its own
            }

            var key = $"{section}:{property.Name}{(IsList(property.PropertyType) ? ":0" : "")}";
            text.Append(CultureInfo.InvariantCulture, $"| `{key}` | {Show(property.GetValue(defaults))} | {Allowed(property)} | {Meaning(property)} |\n");
        }

        return text.ToString();
    }

    private static bool IsList(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsNested(Type type) =>
        type.IsClass && type != typeof(string) || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>);

    private static string Show(object? value) => value switch
    {
        null or "" => "",
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable => "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Allowed(PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            return $"{range.Minimum} to {range.Maximum}";
        }

        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } expression)
        {
            return $"`{expression.Pattern.Replace("|", "\\|", StringComparison.Ordinal)}`";
        }

        var type = property.PropertyType;
        return type.IsEnum ? string.Join(", ", Enum.GetNames(type))
            : type == typeof(bool) ? "true, false"
            : type == typeof(TimeSpan) ? "time"
            : IsList(type) ? "list" : "";
    }

    private static string Meaning(PropertyInfo property)
    {
        var declaring = property.DeclaringType!;
        var file = Path.ChangeExtension(declaring.Assembly.Location, ".xml");
        var member = XDocument.Load(file).Descendants("member")
            .FirstOrDefault(m => (string?)m.Attribute("name") == $"P:{declaring.FullName}.{property.Name}");
        var summary = member?.Element("summary") ?? throw new InvalidOperationException($"{declaring.Name}.{property.Name} has no documentation.");
        foreach (var reference in summary.Descendants("see").ToList())
        {
            reference.ReplaceWith(((string?)reference.Attribute("cref"))?.Split('.')[^1] ?? "");
        }

        var text = Spaces().Replace(summary.Value, " ").Trim();
        return DefaultSentence().Replace(text, "").Replace("|", "\\|", StringComparison.Ordinal).Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    /// <summary>The default has a column of its own, filled from the code.</summary>
    [GeneratedRegex(@" ?Default: [^.]*\.(?=\s|$)")]
    private static partial Regex DefaultSentence();
}
