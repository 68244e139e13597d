using WsCluster.Gateway.Routing;
using WsCluster.Tls;

namespace WsCluster.Gateway.Hosting;

/// <summary>
/// Joins the cluster beside the start of the process, not as a part of it: a gateway listens and answers, if only that it is
/// not ready, while the silos are still to come. Then nothing waits for an order in which processes are started.
/// </summary>
internal sealed class ClusterJoin(
    IHostedService client, ClusterMembership cluster, IHostApplicationLifetime process, ILogger<ClusterJoin> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _joining = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _joining = Task.Run(JoinAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _joining;
        await client.StopAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task JoinAsync()
    {
        try
        {
            await client.StartAsync(_stopping.Token);
            cluster.Joined();
            GatewayLog.Joined(logger);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process stops before there was a cluster.
        }
        catch (Exception e)
        {
            GatewayLog.NotJoined(logger, e); // what passes is tried again by the client itself: this does not pass
            Environment.ExitCode = 1;
            process.StopApplication();
        }
    }
}

/// <summary>Registers the client of the cluster so that the process does not wait for it.</summary>
internal static class ClusterJoinServices
{
    /// <summary>Adds the client by <paramref name="addClient"/>, and has it join in the background.</summary>
    public static IServiceCollection AddJoiningClient(this IServiceCollection services, Action<IServiceCollection> addClient)
    {
        var before = services.ToHashSet();
        addClient(services);
        foreach (var added in services.Where(s => IsToWaitFor(s) && !before.Contains(s)).ToList())
        {
            services[services.IndexOf(added)] = ServiceDescriptor.Singleton<IHostedService>(
                s => ActivatorUtilities.CreateInstance<ClusterJoin>(s, Create(s, added)));
        }

        return services;
    }

    /// <summary>True for a service whose start is the joining; whoever only watches certificates starts as ever.</summary>
    private static bool IsToWaitFor(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && !(service.ImplementationFactory?.GetType().GenericTypeArguments is [_, var made] && made == typeof(CertificateWatch));

    private static IHostedService Create(IServiceProvider services, ServiceDescriptor service) =>
        (IHostedService)(service.ImplementationInstance
            ?? service.ImplementationFactory?.Invoke(services)
            ?? ActivatorUtilities.CreateInstance(services, service.ImplementationType!));
}
