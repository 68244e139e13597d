using System.Reflection;

namespace WsCluster.Tests.Harness;

/// <summary>Where the repository is, and what the build made in it.</summary>
internal static class Repository
{
    /// <summary>The top folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of the end-to-end tests.</summary>
    public static string EndToEnd => Path.Combine(Root, "tests", "EndToEnd");

    /// <summary>The folder of the chaos suite.</summary>
    public static string Chaos => Path.Combine(Root, "tests", "Chaos");

    /// <summary>Where this run of a test program leaves its logs and reports, such as artifacts/EndToEnd/20260131-120000-4711.</summary>
    public static string Artifacts { get; } = Path.Combine(
        Root,
        "artifacts",
        Assembly.GetEntryAssembly()!.GetName().Name!.Split('.')[^1],
        $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}");

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

        throw new InvalidOperationException("These tests run from their build folder inside the repository.");
    }
}
