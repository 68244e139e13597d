using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using WsCluster.Grains.Channels;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A real <see cref="ChannelGrain"/> in the place of an Orleans activation: one turn at a time, publishes interleave.</summary>
internal sealed class ChannelActivation
{
    private Task _turn = Task.CompletedTask;

    public ChannelActivation(SimulatedSilo silo, string channel)
    {
        Channel = channel;
        Silo = silo;
        Grain = new ChannelGrain(
            silo.World.Namespaces, silo.Store, silo.Outboxes, silo.Limits, silo.Status, silo.World.Loop.Clock, silo.Metrics, NullLogger<ChannelGrain>.Instance);
        var context = new FakeGrainContext(this);
        ContextOf(Grain) = context;
        RuntimeOf(Grain) = context;
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

    private async Task DeactivateAsync(DeactivationReasonCode reason)
    {
        await TurnAsync(async grain =>
        {
            if (!IsGone)
            {
                IsGone = true;
                Silo.Forget(this);
                await grain.OnDeactivateAsync(new DeactivationReason(reason, "simulated"), CancellationToken.None);
                ((IDisposable)Grain).Dispose();
            }

            return true;
        });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<GrainContext>k__BackingField")]
    private static extern ref IGrainContext ContextOf(Grain grain);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Runtime>k__BackingField")]
    private static extern ref IGrainRuntime RuntimeOf(Grain grain);
}
