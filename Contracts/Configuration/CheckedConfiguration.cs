using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace WsCluster.Configuration;

/// <summary>Reads options so that whatever is wrong with them comes out as sentences that name key, value and rule.</summary>
public static class CheckedConfiguration
{
    /// <summary>Throws when a section has keys that nothing reads, or values of the wrong type.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="sectionName">The section's key.</param>
    /// <param name="options">The type that the section is bound to.</param>
    /// <param name="subsections">Sections inside it that are bound elsewhere; see <see cref="UnknownKeys.Find"/>.</param>
    /// <exception cref="OptionsValidationException">All that is wrong with the section.</exception>
    public static void ThrowIfUnreadable(
        this IConfiguration configuration, string sectionName, Type options, params IReadOnlyList<string> subsections)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        string[] problems =
        [
            .. UnknownKeys.Find(configuration, sectionName, options, subsections),
            .. UnreadableValues.Find(configuration, sectionName, options),
        ];
        if (problems.Length > 0)
        {
            throw new OptionsValidationException(sectionName, options, problems);
        }
    }

    /// <summary>Reads a section and checks everything about it.</summary>
    /// <exception cref="OptionsValidationException">All that is wrong with the section.</exception>
    public static TOptions ReadChecked<TOptions>(
        this IConfiguration configuration, string sectionName, params IReadOnlyList<string> subsections)
        where TOptions : class, new()
    {
        configuration.ThrowIfUnreadable(sectionName, typeof(TOptions), subsections);
        var options = configuration.GetSection(sectionName).Get<TOptions>() ?? new TOptions();
        var problems = OptionRules.Check(sectionName, options);
        return problems.Count == 0 ? options : throw new OptionsValidationException(sectionName, typeof(TOptions), problems);
    }

    /// <summary>
    /// Binds a section to its options and checks everything about it: now, and again whenever it is reloaded. A reload that
    /// breaks a rule is logged and not taken over.
    /// </summary>
    /// <exception cref="OptionsValidationException">All that is wrong with the section.</exception>
    public static OptionsBuilder<TOptions> AddCheckedOptions<TOptions>(
        this IServiceCollection services, IConfiguration configuration, string sectionName)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        configuration.ReadChecked<TOptions>(sectionName);
        services.AddSingleton<IValidateOptions<TOptions>>(new RulesValidator<TOptions>(configuration, sectionName));
        services.TryAddSingleton<IOptionsMonitor<TOptions>, LastGoodOptions<TOptions>>();
        return services.AddOptions<TOptions>().Bind(configuration.GetSection(sectionName)).ValidateOnStart();
    }

    private sealed class RulesValidator<TOptions>(IConfiguration configuration, string sectionName) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            string[] problems = [.. UnknownKeys.Find(configuration, sectionName, typeof(TOptions)), .. OptionRules.Check(sectionName, options)];
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
