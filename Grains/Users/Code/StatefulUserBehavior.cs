using System.Text.Json;

namespace WsCluster.Behaviors;

/// <summary>
/// A user's behavior with a typed state. What a handler made of it is saved before its caller gets an answer: in Redis where the silo has
/// one, in memory in embedded mode. When a handler fails, or its state cannot be saved, the state is what it was before.
/// </summary>
/// <typeparam name="TState">A type that System.Text.Json can write and read. A new one is the state of a new user.</typeparam>
public abstract class UserBehavior<TState> : UserBehavior
    where TState : class, new()
{
    /// <summary>What is known of the user. Handlers change or replace it.</summary>
    protected TState State { get; set; } = new();

    /// <summary>How the state is written. By default the web's conventions (camelCase).</summary>
    protected virtual JsonSerializerOptions StateJson => JsonSerializerOptions.Web;

    internal sealed override byte[]? WriteState() => JsonSerializer.SerializeToUtf8Bytes(State, StateJson);

    internal sealed override void ReadState(byte[]? state) =>
        State = (state is null ? null : JsonSerializer.Deserialize<TState>(state, StateJson)) ?? new TState();
}
