using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;

namespace WsCluster.Tests.Unit.Hosting;

/// <summary>A gateway's start without a cluster.</summary>
public sealed class ClusterJoinTests
{
    private readonly SlowClient _client = new();
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    public ClusterJoinTests()
    {
        _builder.Services.AddSingleton<ClusterMembership>();
        _builder.Services.AddJoiningClient(services => services.AddSingleton<IHostedService>(_client));
    }

    [Fact]
    public async Task Start_NoCluster_DoesNotWait()
    {
        using var host = _builder.Build();
        var cluster = host.Services.GetRequiredService<ClusterMembership>();

        await host.StartAsync().WaitAsync(Wait.Limit);

        Assert.False(cluster.HasJoined);
        _client.Join.SetResult();
        await Wait.UntilAsync("it to have joined", () => cluster.HasJoined);
        await host.StopAsync();
        Assert.True(_client.HasStopped);
    }

    [Fact]
    public async Task Stop_StillNoCluster_DoesNotWait()
    {
        using var host = _builder.Build();
        await host.StartAsync();

        await host.StopAsync().WaitAsync(Wait.Limit);

        Assert.True(_client.HasStopped);
        Assert.False(host.Services.GetRequiredService<ClusterMembership>().HasJoined);
    }

    [Fact]
    public async Task Start_CannotEverJoin_StopsTheProcess()
    {
        using var host = _builder.Build();
        var process = host.Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            await host.StartAsync();
            _client.Join.SetException(new InvalidOperationException("The cluster speaks another language."));

            await Wait.UntilAsync("the process to stop", () => process.ApplicationStopping.IsCancellationRequested);

            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0; // this process's own
        }
    }

    private sealed class SlowClient : IHostedService
    {
        public TaskCompletionSource Join { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HasStopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Join.Task.WaitAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken)
        {
            HasStopped = true;
            return Task.CompletedTask;
        }
    }
}
