using System.Collections;
using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace WsCluster.Tests.Unit.Compatibility;

/// <summary>Makes an instance of every contract, with a value of its own in each member that travels.</summary>
internal static class ContractSamples
{
    /// <summary>The types of a project that Orleans serialises, by alias; abstract ones travel as those derived from them.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new[] { typeof(Publication).Assembly, typeof(WsCluster.Grains.Hosting.SiloHosting).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !type.IsAbstract && !type.IsEnum)
        .Where(type => type.Namespace!.StartsWith("WsCluster", StringComparison.Ordinal)) // not what is generated for calls
        .Where(type => !type.IsSubclassOf(typeof(PlacementStrategy)))
        .ToDictionary(type => type.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias);

    /// <summary>The members of a contract that travel, by the number that names them on the wire; those of base types come first.</summary>
    public static IReadOnlyList<(string Id, PropertyInfo Member)> Members(Type contract)
    {
        var members = new List<(string, PropertyInfo)>();
        var depth = 0;
        for (var type = contract; type is not null && type != typeof(Exception) && type != typeof(object); type = type.BaseType, depth++)
        {
            members.AddRange(type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(member => member.IsDefined(typeof(IdAttribute)))
                .Select(member => ($"{new string('^', depth)}{member.GetCustomAttribute<IdAttribute>()!.Id}", member)));
        }

        return members;
    }

    /// <summary>An instance of a contract.</summary>
    public static object Create(Type contract)
    {
        var constructor = contract.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(c => c.GetParameters() is not [var only] || only.ParameterType != contract) // not a record's own copying one
            .MinBy(c => c.GetParameters().Length);
        var sample = constructor is null
            ? Activator.CreateInstance(contract)!
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, parameter.Name!))]);
        foreach (var (_, member) in Members(contract))
        {
            member.SetValue(sample, Value(member.PropertyType, member.Name));
        }

        return sample;
    }

    /// <summary>A value that depends on its name only, so that swapped members show.</summary>
    private static object? Value(Type type, string name)
    {
        var number = 1 + (name.Sum(letter => letter) % 200);
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => name,
            _ when type == typeof(bool) => true,
            _ when type == typeof(int) => number,
            _ when type == typeof(uint) => (uint)number,
            _ when type == typeof(long) => 1_000_000_000_000L + number,
            _ when type == typeof(ulong) => 1_000_000_000_000UL + (ulong)number,
            _ when type == typeof(double) => number + 0.5,
            _ when type == typeof(Guid) => new Guid(number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
            _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(number),
            _ when type == typeof(DateTime) => DateTime.UnixEpoch.AddSeconds(number),
            _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddSeconds(number),
            _ when type == typeof(byte[]) => new byte[] { (byte)number, 0, 255 },
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>([(byte)number, 1, 254]),
            _ when type.IsEnum => Enum.GetValues(type).Cast<object>().Last(),
            _ when typeof(IAddressable).IsAssignableFrom(type) => null, // a reference means something in a running cluster only
            _ when type.IsArray => Sequence(type.GetElementType()!, name),
            _ when type.IsGenericType && type.GetGenericArguments() is [var element] && type.IsAssignableFrom(element.MakeArrayType()) => Sequence(element, name),
            _ when type.IsGenericType && type.GetGenericArguments() is [var key, var value] => Table(key, value, name),
            _ when type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) => Create(type),
            _ => throw new NotSupportedException($"{nameof(ContractSamples)} has no value for {type} yet: add one."),
        };
    }

    private static Array Sequence(Type element, string name)
    {
        var sequence = Array.CreateInstance(element, 2);
        sequence.SetValue(Value(element, name), 0);
        sequence.SetValue(Value(element, $"{name}2"), 1);
        return sequence;
    }

    private static IDictionary Table(Type key, Type value, string name)
    {
        var table = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))!;
        table.Add(Value(key, $"{name}Key")!, Value(value, name));
        return table;
    }
}
