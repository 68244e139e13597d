using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using WsCluster.Configuration;

namespace WsCluster.Gateway.Proxies;

/// <summary>Registers what asks the application over HTTP.</summary>
internal static class ProxyServices
{
    /// <summary>The HTTP client for questions that may be asked twice.</summary>
    public const string RepeatingClient = "proxy";

    /// <summary>The HTTP client for what the application may have acted on.</summary>
    public const string OnceClient = "proxy-once";

    /// <summary>Adds the proxies.</summary>
    public static IServiceCollection AddProxies(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddCheckedOptions<ProxyOptions>(configuration, ProxyOptions.SectionName);
        foreach (var (key, _) in new ProxyOptions().Urls())
        {
            options.Validate(
                o => IsAddress(o.Urls().First(url => url.Key == key).Url), $"{ProxyOptions.SectionName}:{key} must be an absolute http or https address.");
        }

        services.AddProxyClient(RepeatingClient, repeats: true);
        services.AddProxyClient(OnceClient, repeats: false);
        services.AddSingleton<ProxyClient>();
        services.AddSingleton<ConnectionProxy>();
        services.AddSingleton<ChannelProxy>();
        services.AddSingleton<RpcProxy>();
        services.AddSingleton<ServerSideRefresh>();
        return services;
    }

    private static bool IsAddress(string url) =>
        url.Length == 0 || (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https");

    private static void AddProxyClient(this IServiceCollection services, string name, bool repeats)
    {
        services
            .AddHttpClient(name, (provider, client) =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan; // the pipeline's
                client.MaxResponseContentBufferSize = provider.GetRequiredService<IOptionsMonitor<ProxyOptions>>().CurrentValue.MaxAnswerBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false, // those of one client would be sent for another
                PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows a changed address
            })
            .AddHttpMessageHandler(provider => new ResilienceHandler(
                provider.GetRequiredKeyedService<ResiliencePipeline<HttpResponseMessage>>(name)));

        // One for the process: the factory makes new handlers now and then, and the limit must hold across them.
        services.AddKeyedSingleton(name, (provider, _) =>
            Pipeline(provider.GetRequiredService<IOptionsMonitor<ProxyOptions>>().CurrentValue, repeats));
    }

    /// <summary>From the outside in: who waits for a turn, how often it is asked, how long one attempt may take.</summary>
    private static ResiliencePipeline<HttpResponseMessage> Pipeline(ProxyOptions options, bool repeats)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>();
        pipeline.AddConcurrencyLimiter(options.MaxConcurrency, options.MaxWaiting);
        if (repeats && options.Retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.FromMilliseconds(50),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                    .Handle<HttpRequestException>()
                    .Handle<TimeoutRejectedException>()
                    .HandleResult(response => (int)response.StatusCode >= 500),
            });
        }

        return pipeline.AddTimeout(options.Timeout).Build();
    }
}
