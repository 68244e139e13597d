using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace WsCluster.Configuration;

/// <summary>The rules of <see cref="ChannelNamespaces"/>: ranges, and which options make sense only together.</summary>
internal sealed partial class ChannelNamespacesValidator : IValidateOptions<ChannelNamespaces>
{
    private const string FossilDelta = "fossil";

    public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
    {
        var problems = new List<string>(OptionRules.Check(ChannelNamespaces.SectionName, options));
        CheckTogether($"{ChannelNamespaces.SectionName}:{nameof(options.WithoutNamespace)}", options.WithoutNamespace, problems);
        foreach (var (namespaceName, channelOptions) in options.Namespaces)
        {
            var path = $"{ChannelNamespaces.SectionName}:{nameof(options.Namespaces)}:{namespaceName}";
            if (!NamespaceName().IsMatch(namespaceName))
            {
                problems.Add($"{path} is not a namespace's name: it must match {NamespaceName()}.");
            }

            CheckTogether(path, channelOptions, problems);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckTogether(string path, ChannelOptions options, List<string> problems)
    {
        if (options.HistorySize > 0 != options.HistoryTtl > TimeSpan.Zero)
        {
            var (set, value, missing) = options.HistorySize > 0
                ? (nameof(options.HistorySize), $"{options.HistorySize}", nameof(options.HistoryTtl))
                : (nameof(options.HistoryTtl), $"{options.HistoryTtl}", nameof(options.HistorySize));
            problems.Add($"{path}:{set} is {value}, but history needs {missing} to be positive as well.");
        }

        if (!Fits(options.Durability, options.HasHistory))
        {
            var (others, why) = options.HasHistory
                ? ("another", "HistorySize and HistoryTtl turn history on")
                : ("Auto or None", "there is no history while HistorySize and HistoryTtl are not positive");
            problems.Add($"{path}:{nameof(options.Durability)} is {options.Durability}, but must be {others}: {why}.");
        }

        foreach (var deltaType in options.AllowedDeltaTypes.Where(type => type != FossilDelta))
        {
            problems.Add($"{path}:{nameof(options.AllowedDeltaTypes)} has '{deltaType}', but the only delta type is {FossilDelta}.");
        }

        if (!options.HasHistory)
        {
            foreach (var option in NeedHistory(options))
            {
                problems.Add($"{path}:{option} needs history: {nameof(options.HistorySize)} and {nameof(options.HistoryTtl)} must be positive.");
            }
        }

        foreach (var (option, isSet) in GivePositions(options))
        {
            if (isSet && options.Delivery != ChannelDelivery.Everything)
            {
                problems.Add($"{path}:{nameof(options.Delivery)} is {options.Delivery}, which is for subscribers without a position, but {option} gives all of them one.");
            }
        }

        if (!Compiles(options.ChannelRegex, out var reason))
        {
            problems.Add($"{path}:{nameof(options.ChannelRegex)} is '{options.ChannelRegex}', but must be a regular expression: {reason}");
        }
    }

    private static bool Fits(ChannelDurability durability, bool hasHistory) => durability switch
    {
        ChannelDurability.Auto => true,
        ChannelDurability.None => !hasHistory,
        _ => hasHistory,
    };

    private static IEnumerable<string> NeedHistory(ChannelOptions options)
    {
        (string Name, bool IsSet)[] dependent =
        [
            (nameof(options.ForcePositioning), options.ForcePositioning),
            (nameof(options.AllowPositioning), options.AllowPositioning),
            (nameof(options.ForceRecovery), options.ForceRecovery),
            (nameof(options.AllowRecovery), options.AllowRecovery),
            (nameof(options.ForceRecoveryMode), options.ForceRecoveryMode == RecoveryMode.Cache),
            (nameof(options.AutoCacheRecover), options.AutoCacheRecover),
            (nameof(options.AllowedDeltaTypes), options.AllowedDeltaTypes.Count > 0),
            (nameof(options.DeltaPublish), options.DeltaPublish),
        ];
        return dependent.Where(option => option.IsSet).Select(option => option.Name);
    }

    private static IEnumerable<(string Name, bool IsSet)> GivePositions(ChannelOptions options) =>
    [
        (nameof(options.ForcePositioning), options.ForcePositioning),
        (nameof(options.ForceRecovery), options.ForceRecovery),
    ];

    private static bool Compiles(string pattern, out string reason)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            reason = "";
            return true;
        }
        catch (ArgumentException e)
        {
            reason = e.Message;
            return false;
        }
    }

    [GeneratedRegex("^[-a-zA-Z0-9_]{2,}$")]
    private static partial Regex NamespaceName();
}
