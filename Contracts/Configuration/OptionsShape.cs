using System.ComponentModel;
using System.Reflection;

namespace WsCluster.Configuration;

/// <summary>How configuration maps onto a type: the same reading of it that the configuration binder has.</summary>
internal static class OptionsShape
{
    /// <summary>The properties that configuration can set.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && property.SetMethod is { IsPublic: true });

    /// <summary>True for a type whose value is one text.</summary>
    public static bool IsValue(Type type) =>
        type == typeof(string) || TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).CanConvertFrom(typeof(string));

    /// <summary>What each child of a section of this type is, when the children's names are free: entries of a dictionary or list.</summary>
    public static Type? ElementOf(Type type, out bool isList)
    {
        isList = true;
        if (type == typeof(string))
        {
            return null;
        }

        if (type.IsArray)
        {
            return type.GetElementType();
        }

        foreach (var shape in type.GetInterfaces().Append(type).Where(shape => shape.IsGenericType))
        {
            var definition = shape.GetGenericTypeDefinition();
            if (definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>))
            {
                isList = false;
                return shape.GetGenericArguments()[1];
            }
        }

        return type.GetInterfaces().Append(type)
            .FirstOrDefault(shape => shape.IsGenericType && shape.GetGenericTypeDefinition() == typeof(IEnumerable<>))?
            .GetGenericArguments()[0];
    }
}
