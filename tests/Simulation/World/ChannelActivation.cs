using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using WsCluster.Grains.Channels;
using WsCluster.Routing;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A real <see cref="ChannelGrain"/> in the place of an Orleans activation: one turn at a time, publishes interleave.</summary>
internal sealed class ChannelActivation
{
    private Task _turn = Task.CompletedTask;
    private HandedOver? _handedOver;

    public ChannelActivation(SimulatedSilo silo, string channel, HandedOver? handedOver)
    {
        Channel = channel;
        Silo = silo;
        Grain = new ChannelGrain(
            silo.World.Namespaces, silo.Streams, silo.Outboxes, silo.Live, silo.Hot, silo.Limits, silo.Status, silo.World.Loop.Clock, silo.Metrics, NullLogger<ChannelGrain>.Instance);
        var context = new FakeGrainContext(this);
        ContextOf(Grain) = context;
        RuntimeOf(Grain) = context;
        if (handedOver is not null)
        {
            ((IGrainMigrationParticipant)Grain).OnRehydrate(handedOver);
        }

        var activated = Grain.OnActivateAsync(CancellationToken.None);
        if (!activated.IsCompletedSuccessfully)
        {
            throw new NotSupportedException("The simulation expects an activation that awaits nothing.");
        }
    }

    public string Channel { get; }

    public SimulatedSilo Silo { get; }

    public ChannelGrain Grain { get; }

    /// <summary>True once calls have to go elsewhere.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Publishes as an ingress of the silo does: by entering the channel where that is possible, else by a call.</summary>
    public async Task<StreamPosition> PublishAsync(PublishRequest request)
    {
        var outcomes = new PublishOutcome[1];
        if (!Silo.Live.TryPublish(Channel, [request], outcomes))
        {
            return await Grain.PublishAsync(request);
        }

        return outcomes[0].IsPublished ? outcomes[0].Position : throw new WsClusterException(outcomes[0].Error);
    }

    /// <summary>Runs a call when its turn comes. Null when the silo died.</summary>
    public async Task<T> TurnAsync<T>(Func<ChannelGrain, Task<T>> call)
    {
        var before = _turn;
        var mine = new TaskCompletionSource();
        _turn = mine.Task;
        await before;
        try
        {
            if (IsGone || Silo.IsDead)
            {
                throw new SiloUnavailableException(); // Orleans forwards or rejects it
            }

            return await call(Grain);
        }
        finally
        {
            mine.SetResult();
        }
    }

    /// <summary>Ends the activation unless it is gone already: a graceful move.</summary>
    public async Task EndAsync(DeactivationReasonCode reason = DeactivationReasonCode.ApplicationRequested)
    {
        try
        {
            await DeactivateAsync(reason);
        }
        catch (SiloUnavailableException)
        {
            // gone already
        }
    }

    /// <summary>The activation, which is about to end, wants its state to move.</summary>
    public void HandOver() => _handedOver = new HandedOver(Silo.World.Tampering);

    private async Task DeactivateAsync(DeactivationReasonCode reason)
    {
        await TurnAsync(async grain =>
        {
            if (!IsGone)
            {
                IsGone = true;
                Silo.Forget(this);
                using var move = reason == DeactivationReasonCode.ShuttingDown ? Silo.World.Members.BeginMove(Channel) : null;
                await grain.OnDeactivateAsync(new DeactivationReason(reason, "simulated"), CancellationToken.None);
                if (_handedOver is not null)
                {
                    ((IGrainMigrationParticipant)grain).OnDehydrate(_handedOver);
                    Silo.World.Members.Receive(Channel, _handedOver);
                }

                ((IDisposable)grain).Dispose();
            }

            return true;
        });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<GrainContext>k__BackingField")]
    private static extern ref IGrainContext ContextOf(Grain grain);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Runtime>k__BackingField")]
    private static extern ref IGrainRuntime RuntimeOf(Grain grain);
}
