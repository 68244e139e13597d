using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Grains.Hosting;
using WsCluster.Grains.Hosting.Health;
using WsCluster.Grains.Hosting.Telemetry;

const string DefaultUrl = "http://localhost:8081";

// The settings beside the binary count, wherever the process is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
if (HealthProbe.IsAskedFor(args))
{
    return await HealthProbe.RunAsync(builder.Configuration, "urls", DefaultUrl);
}

try
{
    builder.Configuration.AddSharedFile();
    if (string.IsNullOrWhiteSpace(builder.Configuration[$"{ClusterOptions.SectionName}:{nameof(ClusterOptions.Redis)}"]))
    {
        throw new OptionsValidationException(
            ClusterOptions.SectionName,
            typeof(ClusterOptions),
            ["WsCluster:Redis is not set, but a silo must know its cluster: set it to a Redis connection string such as localhost:6379."]);
    }

    HttpPortCheck.ThrowIfUsed(builder.Configuration);
    builder.AddWsClusterSilo();
    builder.AddTelemetry("wscluster-silo");
    var app = builder.Build();
    var silo = app.Services.GetRequiredService<ILocalSiloDetails>();

    app.MapSiloHealth();
    app.MapMetrics();
    app.Lifetime.ApplicationStarted.Register(() =>
        Console.WriteLine($"Silo {silo.SiloAddress.Endpoint} has joined cluster {silo.ClusterId}; health on {string.Join(", ", app.Urls)}."));
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFailure.Explain(e, builder.Configuration) is { } reasons)
{
    foreach (var reason in reasons)
    {
        await Console.Error.WriteLineAsync(reason);
    }

    return 1;
}
