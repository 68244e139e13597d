using System.Reflection;
using Orleans;
using Orleans.Serialization;

namespace WsCluster.Tests.Unit.Compatibility;

/// <summary>
/// How one version writes its contracts: a line <c>alias members = bytes</c> for each message, and a line
/// <c>interface/method(parameters): result</c> for each call.
/// </summary>
internal sealed record GoldenFile(IReadOnlyDictionary<string, IReadOnlySet<string>> Members, IReadOnlyDictionary<string, byte[]> Messages, IReadOnlySet<string> Calls)
{
    /// <summary>What the code writes now.</summary>
    public static string Write(Serializer serializer)
    {
        var messages = ContractSamples.Types.OrderBy(type => type.Key, StringComparer.Ordinal).Select(type =>
            $"{type.Key} {string.Join(',', ContractSamples.Members(type.Value).Select(member => member.Id))} = "
            + Convert.ToHexString(serializer.SerializeToArray<object>(ContractSamples.Create(type.Value))));
        return string.Join('\n', [.. messages, .. CurrentCalls().Order(StringComparer.Ordinal), ""]);
    }

    public static GoldenFile Read(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToLookup(line => line.Contains(" = ", StringComparison.Ordinal));
        var messages = lines[true].Select(line => line.Split(' ')).ToList();
        return new GoldenFile(
            messages.ToDictionary(parts => parts[0], IReadOnlySet<string> (parts) => parts[1].Split(',').ToHashSet()),
            messages.ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[3])),
            lines[false].ToHashSet());
    }

    /// <summary>The calls between processes, as Orleans names them on the wire.</summary>
    private static IEnumerable<string> CurrentCalls() =>
        from type in typeof(Publication).Assembly.GetTypes()
        where type.IsInterface && type.IsDefined(typeof(AliasAttribute), inherit: false)
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
        let alias = method.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? method.Name
        select $"{type.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias}/{alias}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))}): {Name(method.ReturnType)}";

    private static string Name(Type type) => type switch
    {
        { IsArray: true } => $"{Name(type.GetElementType()!)}[]",
        { IsGenericType: true } => $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>",
        _ => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? type.Name,
    };
}
