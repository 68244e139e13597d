using WsCluster.Configuration;

namespace WsCluster.Gateway.Admin;

/// <summary>Registers and maps the console.</summary>
internal static class ConsoleHosting
{
    /// <summary>Adds what connections need to know of it.</summary>
    public static IServiceCollection AddConsoleAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<ConsoleOptions>(configuration, ConsoleOptions.SectionName);
        services.AddSingleton(new ClusterOptions
        {
            Redis = configuration[$"{ClusterOptions.SectionName}:{nameof(ClusterOptions.Redis)}"] ?? "",
            ClusterId = configuration[$"{ClusterOptions.SectionName}:{nameof(ClusterOptions.ClusterId)}"] ?? new ClusterOptions().ClusterId,
        });
        services.AddSingleton<ConsoleTokens>();
        services.AddSingleton<ConsoleAccess>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<ConsoleFigures>();
        services.AddHostedService(s => s.GetRequiredService<ConsoleFigures>());
        services.AddSingleton<ConsoleEndpoints>();
        return services;
    }

    /// <summary>Maps the page at / and what it asks below /console.</summary>
    public static void MapConsole(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (HttpContext http, ConsoleEndpoints console) => console.Page(http)).WithOrder(1); // an application's own page goes first
        app.MapGet(ConsoleEndpoints.Prefix + "/{**file}", (HttpContext http, string file) => ConsolePage.Get(http, file));
        app.MapPost(ConsoleEndpoints.Prefix + "/session", (HttpContext http, ConsoleEndpoints console) => console.Session(http));
        app.MapPost(ConsoleEndpoints.Prefix + "/sign-in", (HttpContext http, ConsoleEndpoints console) => console.SignInAsync(http));
        app.MapPost(ConsoleEndpoints.Prefix + "/sign-out", (HttpContext http, ConsoleEndpoints console) => console.SignOutAsync(http));
        app.MapPost(
            ConsoleEndpoints.Prefix + "/api/{method}", (HttpContext http, string method, ConsoleEndpoints console) => console.CallAsync(http, method));
    }
}
