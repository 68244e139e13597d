using WsCluster.Gateway.CommandLine;
using WsCluster.Gateway.Hosting;
using WsCluster.Grains.Hosting;

if (HealthProbe.IsAskedFor(args))
{
    var configuration = GatewayServer.CreateBuilder(args).Configuration;
    configuration.AddSharedFile();
    return await HealthProbe.RunAsync(configuration, $"{GatewayOptions.SectionName}:{nameof(GatewayOptions.InternalUrls)}", GatewayServer.DefaultUrl);
}

return CommandLineApp.IsAskedFor(args) ? await CommandLineApp.RunAsync(args) : await GatewayServer.RunAsync(args);
