namespace WsCluster.Gateway.CommandLine;

/// <summary>
/// Takes the process's settings out of a command line, in the form that the server takes them: <c>--WsCluster:Redis=…</c>,
/// <c>--WsCluster:Redis …</c> or <c>--urls …</c>. What is left is the command's own, and checked strictly.
/// </summary>
internal static class SettingArguments
{
    /// <summary>Splits the arguments.</summary>
    public static IReadOnlyList<string> Take(string[] args, out IReadOnlyList<string> rest)
    {
        var settings = new List<string>();
        var others = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!IsSetting(args[i], out var hasValue))
            {
                others.Add(args[i]);
                continue;
            }

            settings.Add(args[i]);
            if (!hasValue && i + 1 < args.Length)
            {
                settings.Add(args[++i]);
            }
        }

        rest = others;
        return settings;
    }

    private static bool IsSetting(string argument, out bool hasValue)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        hasValue = equals >= 0;
        var name = hasValue ? argument[..equals] : argument;
        return name.StartsWith("--", StringComparison.Ordinal)
            && (name.Contains(':', StringComparison.Ordinal) || name.Equals("--urls", StringComparison.OrdinalIgnoreCase));
    }
}
