namespace WsCluster.Grains.AtomicSets;

/// <summary>The scripts that make every step of a set one atomic change. All of their keys are in one slot of a Redis Cluster.</summary>
internal static class SetScripts
{
    public static readonly string Commit = Read("commit.lua");
    public static readonly string Claim = Read("claim.lua");
    public static readonly string Complete = Read("complete.lua");

    private static string Read(string name)
    {
        using var stream = typeof(SetScripts).Assembly.GetManifestResourceStream($"{typeof(SetScripts).Namespace}.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
