using System.Text.Json;

namespace WsCluster.Behaviors;

/// <summary>
/// A behavior with a typed state. The state is what <see cref="Apply"/> makes of the channel's publications, in their order, and
/// of nothing else: so whoever reads the stream and whoever asks the behavior agree on what happened, after any crash. Snapshots
/// of it are kept with the stream, each with the offset that it includes; after a crash the rest is replayed through
/// <see cref="Apply"/>.
/// </summary>
/// <typeparam name="TState">A type that System.Text.Json can write and read. A new one is the state of an empty channel.</typeparam>
/// <remarks>
/// Needs a namespace with history; how much of it survives what is up to the namespace's <c>Durability</c>. Publications
/// without an offset (<see cref="PublishRequest.SkipHistory"/>) are not part of the state.
/// </remarks>
public abstract class ChannelBehavior<TState> : ChannelBehavior
    where TState : class, new()
{
    /// <summary>What has happened in the channel so far. Handlers read it; only <see cref="Apply"/> changes it.</summary>
    protected TState State { get; private set; } = new();

    /// <summary>How the state is written. By default the web's conventions (camelCase).</summary>
    protected virtual JsonSerializerOptions StateJson => JsonSerializerOptions.Web;

    /// <summary>
    /// The state after a publication: <paramref name="state"/> itself, changed, or a new one. Must depend on its arguments alone (no
    /// clock, no randomness, no other service), for it is called again for the same publications after a crash; and it must take
    /// whatever the channel has accepted. What it throws is logged, and the state stays as it is then.
    /// </summary>
    protected abstract TState Apply(TState state, Publication publication);

    /// <summary>The state as JSON: what a late subscriber may start from.</summary>
    protected byte[] StateAsJson() => JsonSerializer.SerializeToUtf8Bytes(State, StateJson);

    internal sealed override bool HasState => true;

    internal sealed override void Include(Publication publication) => State = Apply(State, publication);

    internal sealed override byte[] WriteState() => StateAsJson();

    internal sealed override void ReadState(byte[]? state) =>
        State = (state is null ? null : JsonSerializer.Deserialize<TState>(state, StateJson)) ?? new TState();
}
