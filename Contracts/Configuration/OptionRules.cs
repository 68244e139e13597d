using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace WsCluster.Configuration;

/// <summary>Checks the rules that stand on options as attributes, in nested options, lists and dictionaries too.</summary>
public static class OptionRules
{
    /// <summary>The broken rules, a sentence for each with key, value and rule.</summary>
    /// <param name="path">The key of <paramref name="options"/> in the configuration.</param>
    /// <param name="options">The options with their values.</param>
    public static IReadOnlyList<string> Check(string path, object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Check(path, options, problems);
        return problems;
    }

    private static void Check(string path, object options, List<string> problems)
    {
        foreach (var property in OptionsShape.PropertiesOf(options.GetType()))
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            foreach (var rule in property.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>())
            {
                if (!rule.IsValid(value))
                {
                    problems.Add(Sentence(key, value, rule));
                }
            }

            if (value is IDictionary entries)
            {
                foreach (DictionaryEntry entry in entries)
                {
                    CheckNested($"{key}:{entry.Key}", entry.Value, problems);
                }
            }
            else if (value is IEnumerable items and not string)
            {
                var index = 0;
                foreach (var item in items)
                {
                    CheckNested($"{key}:{index++}", item, problems);
                }
            }
            else
            {
                CheckNested(key, value, problems);
            }
        }
    }

    private static void CheckNested(string path, object? value, List<string> problems)
    {
        if (value is not null && !OptionsShape.IsValue(value.GetType()))
        {
            Check(path, value, problems);
        }
    }

    private static string Sentence(string key, object? value, ValidationAttribute rule)
    {
        var start = string.Create(CultureInfo.InvariantCulture, $"{key} is {(value is string text ? $"'{text}'" : value)}, but");
        return rule switch
        {
            RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{start} must be from {range.Minimum} to {range.Maximum}."),
            RegularExpressionAttribute pattern => $"{start} must match {pattern.Pattern}.",
            RequiredAttribute => $"{key} must be set.",
            _ => $"{start} breaks a rule: {rule.FormatErrorMessage(key)}",
        };
    }
}
