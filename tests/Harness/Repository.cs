namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>Where the repository is, and what the build made in it.</summary>
internal static class Repository
{
    /// <summary>The top folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of the end-to-end tests.</summary>
    public static string EndToEnd => Path.Combine(Root, "tests", "EndToEnd");

    /// <summary>A file that a project's build made, of the same configuration as these tests.</summary>
    public static string Output(string project, string file)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // …/bin/Release/net10.0/
        return Path.Combine(Root, project, "bin", configuration, "net10.0", file);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WsCluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The end-to-end tests run from their build folder inside the repository.");
    }
}
