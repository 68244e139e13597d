namespace WsCluster.Grains.History.Redis;

/// <summary>
/// The scripts that make every change of a stream one atomic step. The client library sends their hash, and the text only to a
/// Redis that does not know it.
/// </summary>
internal static class StreamScripts
{
    public static readonly string Open = Read("open.lua");
    public static readonly string Append = Read("append.lua");
    public static readonly string Remove = Read("remove.lua");
    public static readonly string Snapshot = Read("snapshot.lua");

    private static string Read(string name)
    {
        using var stream = typeof(StreamScripts).Assembly.GetManifestResourceStream($"{typeof(StreamScripts).Namespace}.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
