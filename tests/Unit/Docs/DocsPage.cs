namespace WsCluster.Tests.Unit.Docs;

/// <summary>A page of docs with tables that are made from the code, each between two marks.</summary>
internal static class DocsPage
{
    /// <summary>Fails unless the page has exactly these tables; with the environment variable UPDATE_DOCS=1 it is written instead.</summary>
    public static void AssertHolds(string page, params (string Name, string Table)[] tables)
    {
        var file = Path.Combine(ConfigurationReferenceTests.RepositoryRoot(), "docs", page);
        var written = File.ReadAllText(file);
        var expected = tables.Aggregate(written, (text, table) => Fill(page, text, table.Name, table.Table));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
            return;
        }

        Assert.Equal(expected, written);
    }

    /// <summary>Replaces what stands between the page's two marks for a table.</summary>
    private static string Fill(string page, string text, string name, string table)
    {
        var (begin, end) = ($"<!-- {name} -->\n", $"<!-- /{name} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"docs/{page} has no marks for '{name}'.");
        return string.Concat(text.AsSpan(0, from + begin.Length), table, text.AsSpan(to));
    }
}
