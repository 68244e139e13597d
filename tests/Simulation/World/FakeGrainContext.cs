using Orleans.CodeGeneration;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Orleans.Timers;
using WsCluster.Grains.Channels;
using WsCluster.Routing;

namespace WsCluster.Tests.Simulation.World;

/// <summary>What a <see cref="ChannelGrain"/> needs of Orleans: its key, a reference to itself, timers and its own end.</summary>
internal sealed class FakeGrainContext(ChannelActivation activation)
    : IGrainContext, IGrainRuntime, IGrainReferenceRuntime, ITimerRegistry, IServiceProvider, IChannelRouting
{
    private static readonly GrainType Type = GrainType.Create("channel");
    private static readonly GrainInterfaceType Interface = GrainInterfaceType.Create("channel");

    private GrainReference? _reference;

    public GrainReference GrainReference => _reference ??= new Reference(
        new GrainReferenceShared(Type, Interface, 0, this, InvokeMethodOptions.None, null!, null!, this), IdSpan.Create(activation.Channel));

    public GrainId GrainId { get; } = GrainId.Create(Type, IdSpan.Create(activation.Channel));

    public object? GrainInstance => activation.Grain;

    public IServiceProvider ActivationServices => this;

    public ITimerRegistry TimerRegistry => this;

    public TimeProvider TimeProvider => activation.Silo.World.Loop.Clock;

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => throw new NotSupportedException();

    public string SiloIdentity => throw new NotSupportedException();

    public SiloAddress SiloAddress => throw new NotSupportedException();

    public IGrainFactory GrainFactory => throw new NotSupportedException();

    public IServiceProvider ServiceProvider => this;

    public object? GetService(Type serviceType) => serviceType == typeof(ITimerRegistry) ? this : null;

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan)
    {
        // Nothing is collected for being idle: the faults end activations.
    }

    public void DeactivateOnIdle(IGrainContext grainContext) => _ = activation.EndAsync();

    public object Cast(IAddressable grain, Type interfaceType) => this;

    /// <summary>The silo's own call to the grain, which needs no network.</summary>
    public Task<ChannelAdmission> AdmitAsync(SubscribeAttempt attempt) => throw new NotSupportedException();

    public Task<CallAnswer> CallAsync(ChannelCall call) => throw new NotSupportedException();

    public Task<ChannelExplanation> ExplainAsync() => throw new NotSupportedException();

    public Task GatewayLostAsync(string gatewayId, long incarnation) => activation.TurnAsync(async grain =>
    {
        await grain.GatewayLostAsync(gatewayId, incarnation);
        return true;
    });

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) => new NoTimer();

    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> asyncCallback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException();

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    public void SetComponent<TComponent>(TComponent? value) where TComponent : class => throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) => activation.HandOver();

    public object? GetTarget() => activation.Grain;

    public object? GetComponent(Type componentType) => null;

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public ValueTask<T?> InvokeMethodAsync<T>(GrainReference reference, IInvokable request, InvokeMethodOptions options) => throw new NotSupportedException();

    public ValueTask InvokeMethodAsync(GrainReference reference, IInvokable request, InvokeMethodOptions options) => throw new NotSupportedException();

    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) => throw new NotSupportedException();

    Task<ChannelAttachment> IChannelRouting.SubscribeAsync(GatewaySubscription subscription) => throw new NotSupportedException();

    Task IChannelRouting.UnsubscribeAsync(string gatewayId, long incarnation, long number) => throw new NotSupportedException();

    Task<bool> IChannelRouting.UpdatePresenceAsync(PresenceUpdate update) => throw new NotSupportedException();

    Task<HistoryPage> IChannelRouting.RecoverAsync(RecoveryQuery query) => throw new NotSupportedException();

    Task<PublishReceipt> IChannelRouting.PublishManyAsync(PublishRequest[] requests) => throw new NotSupportedException();

    private sealed class Reference(GrainReferenceShared shared, IdSpan key) : GrainReference(shared, key);

    private sealed class NoTimer : IGrainTimer
    {
        public void Change(TimeSpan dueTime, TimeSpan period)
        {
        }

        public void Dispose()
        {
        }
    }
}
