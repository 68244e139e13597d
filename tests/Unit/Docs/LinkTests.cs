using System.Text.RegularExpressions;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>What the documentation refers to is there: files, headings, and folders of the source.</summary>
public sealed partial class LinkTests
{
    private static readonly string Root = ConfigurationReferenceTests.RepositoryRoot();
    private static readonly HashSet<string> NotOurs = ["node_modules", "bin", "obj", "artifacts"];

    [Fact]
    public void EveryPage_ItsLinksLeadSomewhere()
    {
        var pages = Pages(new DirectoryInfo(Root)).ToList();
        Assert.InRange(pages.Count, 20, 1000);

        Assert.Empty(pages.SelectMany(page => Dead(page)));
    }

    [Fact]
    public void EveryPage_ThePlacesInTheSourceThatItNamesAreThere()
    {
        // The changelog names what was there at the time.
        var missing = Pages(new DirectoryInfo(Root)).Where(page => page.Name != "CHANGELOG.md").SelectMany(page => SourcePath()
            .Matches(File.ReadAllText(page.FullName))
            .Select(match => match.Groups["path"].Value)
            .Where(path => !Path.Exists(Path.Combine(Root, path)) && !File.Exists(Path.Combine(Root, path + ".cs")))
            .Select(path => $"{page.Name}: {path}"));

        Assert.Empty(missing);
    }

    [Fact]
    public void Contributing_NamesEveryFolderOfTheSource()
    {
        var page = File.ReadAllText(Path.Combine(Root, "CONTRIBUTING.md"));
        string[] projects = ["Contracts", "Gateway", "Grains"];
        var folders = projects.SelectMany(project => new DirectoryInfo(Path.Combine(Root, project)).EnumerateDirectories()
            .Where(folder => !NotOurs.Contains(folder.Name) && folder.EnumerateFiles("*.cs", SearchOption.AllDirectories).Any())
            .Select(folder => $"{project}/{folder.Name}"));

        Assert.All(folders, folder => Assert.Contains($"`{folder}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void HeadingsOf_APage_AreTheAnchorsThatItsReaderSees() =>
        Assert.Equal(["one-minute-a-message-arrives", "net-client", "net-client-1"], Headings("# One minute: a message arrives\n```\n# none\n```\n## `.NET` client\n## .NET client\n"));

    private static IEnumerable<FileInfo> Pages(DirectoryInfo folder) => folder.EnumerateFiles("*.md").Concat(folder
        .EnumerateDirectories()
        .Where(inner => !NotOurs.Contains(inner.Name) && inner.Name[0] != '.')
        .SelectMany(Pages));

    private static IEnumerable<string> Dead(FileInfo page)
    {
        foreach (var target in Link().Matches(CodeBlock().Replace(File.ReadAllText(page.FullName), "")).Select(match => match.Groups["target"].Value))
        {
            if (target.Contains(':', StringComparison.Ordinal))
            {
                continue; // another site's
            }

            var (path, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, "");
            var file = path.Length == 0 ? page.FullName : Path.Combine(page.DirectoryName!, path);
            if (!Path.Exists(file) || (anchor.Length > 0 && !Headings(File.ReadAllText(file)).Contains(anchor)))
            {
                yield return $"{page.Name}: {target}";
            }
        }
    }

    /// <summary>The anchors of a page: its headings in lower case, without punctuation, numbered where they repeat.</summary>
    private static List<string> Headings(string page)
    {
        var anchors = new List<string>();
        foreach (Match heading in Heading().Matches(CodeBlock().Replace(page, "")))
        {
            var anchor = Punctuation().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            var repeats = anchors.Count(other => other == anchor || Regex.IsMatch(other, $"^{Regex.Escape(anchor)}-[0-9]+$"));
            anchors.Add(repeats == 0 ? anchor : $"{anchor}-{repeats}");
        }

        return anchors;
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"`(?<path>(Client|Contracts|Gateway|Grains|Silo|bench|deploy|docs|samples|tests)/[\w./-]+)`")]
    private static partial Regex SourcePath();
}
