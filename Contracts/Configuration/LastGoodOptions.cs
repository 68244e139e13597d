using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace WsCluster.Configuration;

/// <summary>
/// The options as they are now, following the configuration as long as it is right. A change that breaks a rule is logged
/// with its sentences and leaves the last good options in force: a typo in a file must not fail every command that looks at
/// an option from then on. Only the default options exist; names are ignored.
/// </summary>
internal sealed class LastGoodOptions<TOptions> : IOptionsMonitor<TOptions>, IDisposable
    where TOptions : class
{
    private readonly IOptionsFactory<TOptions> _factory;
    private readonly ILogger _logger;
    private readonly IDisposable[] _registrations;
    private readonly Lock _sync = new();
    private volatile TOptions _current;
    private Action<TOptions, string?>[] _listeners = []; // replaced whole, under _sync

    /// <summary>Reads the options.</summary>
    /// <exception cref="OptionsValidationException">They break a rule.</exception>
    public LastGoodOptions(
        IOptionsFactory<TOptions> factory, IEnumerable<IOptionsChangeTokenSource<TOptions>> sources, ILoggerFactory? loggers = null)
    {
        _factory = factory;
        _logger = loggers is null ? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance : loggers.CreateLogger(typeof(LastGoodOptions<>));
        _current = factory.Create(Options.DefaultName);
        _registrations = [.. sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
    }

    /// <inheritdoc/>
    public TOptions CurrentValue => _current;

    /// <inheritdoc/>
    public TOptions Get(string? name) => _current;

    /// <inheritdoc/>
    public IDisposable OnChange(Action<TOptions, string?> listener)
    {
        lock (_sync)
        {
            _listeners = [.. _listeners, listener];
        }

        return new Registration(this, listener);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private void Reload()
    {
        Action<TOptions, string?>[] listeners;
        lock (_sync)
        {
            try
            {
                _current = _factory.Create(Options.DefaultName);
            }
            catch (OptionsValidationException e)
            {
                ConfigurationLog.Refused(_logger, string.Join(" ", e.Failures));
                return;
            }
            catch (InvalidOperationException e)
            {
                ConfigurationLog.Refused(_logger, e.Message); // a value that is not of its option's type
                return;
            }

            listeners = _listeners;
        }

        foreach (var listener in listeners)
        {
            listener(_current, Options.DefaultName);
        }
    }

    private sealed class Registration(LastGoodOptions<TOptions> options, Action<TOptions, string?> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (options._sync)
            {
                options._listeners = [.. options._listeners.Where(known => known != listener)];
            }
        }
    }
}
