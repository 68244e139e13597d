using System.Reflection;

namespace WsCluster.Gateway;

/// <summary>The version of this build.</summary>
internal static class ProductVersion
{
    /// <summary>The version, such as "1.2.0".</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
