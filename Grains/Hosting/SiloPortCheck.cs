using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace WsCluster.Grains.Hosting;

/// <summary>
/// Stops the start when another process listens on a port of the silo. Orleans would not notice: it lets several
/// processes share a listening port, the new silo takes the older for an earlier life of itself and ends it.
/// </summary>
internal sealed class SiloPortCheck(SiloEndpointOptions endpoint) : IHostedLifecycleService
{
    /// <summary>Runs before any hosted service starts, the silo among them.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        (string Name, int Port)[] ports = [(nameof(endpoint.Port), endpoint.Port), (nameof(endpoint.GatewayPort), endpoint.GatewayPort)];
        string[] problems =
        [
            .. ports.Where(port => !IsFree(port.Port))
                .Select(port => $"{SiloEndpointOptions.SectionName}:{port.Name} is {port.Port}, but must be a free port: another process listens on it."),
        ];
        return problems.Length == 0
            ? Task.CompletedTask
            : throw new OptionsValidationException(SiloEndpointOptions.SectionName, typeof(SiloEndpointOptions), problems);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
