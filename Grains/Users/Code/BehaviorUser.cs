using WsCluster.Behaviors;
using WsCluster.Grains.Behaviors;

namespace WsCluster.Grains.Users.Code;

/// <summary>The user as one instance of its behavior sees it.</summary>
internal sealed class BehaviorUser(string id, Func<IReadOnlyList<UserSession>> sessions, BehaviorOptions options, TimeProvider time) : IBehaviorUser
{
    private List<UserCommand> _commands = [];
    private bool _isClosed;

    public string Id => id;

    public IReadOnlyList<UserSession> Sessions => sessions();

    public TimeProvider Time => time;

    public void Execute(UserCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (_isClosed)
        {
            throw new InvalidOperationException("The handler took too long: another instance is the user's behavior now.");
        }

        if (_commands.Count == options.MaxPublications)
        {
            throw new InvalidOperationException($"A handler gives at most {options.MaxPublications} commands (WsCluster:Behaviors:MaxPublications).");
        }

        _commands.Add(command);
    }

    /// <summary>The commands that the handler gave, and forgets them.</summary>
    public IReadOnlyList<UserCommand> TakeCommands()
    {
        var commands = _commands;
        _commands = [];
        return commands;
    }

    /// <summary>The instance is given up.</summary>
    public void Close() => _isClosed = true;
}
