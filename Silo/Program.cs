using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Grains.Hosting;

var builder = WebApplication.CreateBuilder(args);
try
{
    if (string.IsNullOrWhiteSpace(builder.Configuration[$"{ClusterOptions.SectionName}:{nameof(ClusterOptions.Redis)}"]))
    {
        throw new OptionsValidationException(
            ClusterOptions.SectionName,
            typeof(ClusterOptions),
            ["WsCluster:Redis is not set, but a silo must know its cluster: set it to a Redis connection string such as localhost:6379."]);
    }

    builder.AddWsClusterSilo();
    var app = builder.Build();
    var lifetime = app.Lifetime;
    var silo = app.Services.GetRequiredService<ILocalSiloDetails>();

    app.MapGet("/health/live", () => Results.Text("live"));
    app.MapGet("/health/ready", (ISiloStatusOracle status) =>
        status.CurrentStatus == SiloStatus.Active && !lifetime.ApplicationStopping.IsCancellationRequested
            ? Results.Text("ready")
            : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));

    lifetime.ApplicationStarted.Register(() =>
        Console.WriteLine($"Silo {silo.SiloAddress.Endpoint} has joined cluster {silo.ClusterId}; health on {string.Join(", ", app.Urls)}."));
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFailure.Explain(e) is { } reasons)
{
    foreach (var reason in reasons)
    {
        await Console.Error.WriteLineAsync(reason);
    }

    return 1;
}
