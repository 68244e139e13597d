using System.Collections;

namespace WsCluster.Tests.Unit.Compatibility;

/// <summary>Compares what was read from older bytes with what was written then, member by member.</summary>
internal static class ContractComparison
{
    /// <summary>The first difference in the members that there were then; null when there is none.</summary>
    public static string? Difference(object? expected, object? actual, IReadOnlyDictionary<string, IReadOnlySet<string>> membersThen, string path)
    {
        switch (expected, actual)
        {
            case (null, null):
                return null;
            case (null, _) or (_, null):
                return $"{path} is {actual ?? "null"}, but was {expected ?? "null"}";
            case (ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right):
                return left.Span.SequenceEqual(right.Span) ? null : $"{path} has other bytes";
            case (IDictionary left, IDictionary right):
                return left.Count != right.Count
                    ? $"{path} has {right.Count} entries, but had {left.Count}"
                    : left.Keys.Cast<object>().Select(key => Difference(left[key], right[key], membersThen, $"{path}[{key}]")).FirstOrDefault(d => d is not null);
            case (not string and IEnumerable left, IEnumerable right):
                return Pairwise(left.Cast<object>().ToList(), right.Cast<object>().ToList(), membersThen, path);
        }

        if (!ContractSamples.Types.Any(type => type.Value == expected.GetType()))
        {
            return expected.Equals(actual) ? null : $"{path} is {actual}, but was {expected}";
        }

        var alias = ContractSamples.Types.Single(type => type.Value == expected.GetType()).Key;
        return expected.GetType() != actual.GetType()
            ? $"{path} is a {actual.GetType().Name}"
            : ContractSamples.Members(expected.GetType())
                .Where(member => !membersThen.TryGetValue(alias, out var then) || then.Contains(member.Id))
                .Select(member => Difference(member.Member.GetValue(expected), member.Member.GetValue(actual), membersThen, $"{path}.{member.Member.Name}"))
                .FirstOrDefault(difference => difference is not null);
    }

    private static string? Pairwise(List<object> left, List<object> right, IReadOnlyDictionary<string, IReadOnlySet<string>> membersThen, string path) =>
        left.Count != right.Count
            ? $"{path} has {right.Count} elements, but had {left.Count}"
            : left.Zip(right, (l, r) => Difference(l, r, membersThen, $"{path}[…]")).FirstOrDefault(difference => difference is not null);
}
