using System.Text;
using WsCluster.Behaviors;

namespace WsCluster.Tests.Unit.Users;

public sealed class ShopState
{
    public int Connects { get; set; }

    public List<string> Mails { get; set; } = [];
}

/// <summary>A user's code as an application would write it, with ways to fail on request.</summary>
public sealed class ShopUser : UserBehavior<ShopState>
{
    /// <summary>What came and went, over all instances.</summary>
    public List<string> Seen { get; init; } = [];

    /// <summary>How often a mail fails before it is sent.</summary>
    public int[] MailFailures { get; init; } = [0];

    protected internal override async ValueTask<ConnectDecision> DecideConnectAsync(ConnectAttempt attempt, CancellationToken cancellationToken)
    {
        State.Connects++;
        switch (Encoding.UTF8.GetString(attempt.Data))
        {
            case "\"throw\"":
                throw new InvalidOperationException("A secret of the application.");
            case "\"hang\"":
                await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
                break;
            case "\"flood\"":
                for (var i = 0; i < 1000; i++)
                {
                    User.Execute(new SendToUser { Data = [] });
                }

                break;
            case "\"grow\"":
                State.Mails.Add(new string('x', 2_000_000));
                break;
            case "\"banned\"":
                return new ConnectDecision { Denial = new Denial { Code = 4403, Reason = "banned" } };
        }

        return new ConnectDecision
        {
            MaxSessions = 2,
            Channels = new Dictionary<string, SubscribeOptions> { [$"orders:{User.Id}"] = new() },
            Data = Encoding.UTF8.GetBytes($"{{\"connects\":{State.Connects}}}"),
        };
    }

    protected internal override ValueTask ConnectedAsync(UserSession session, CancellationToken cancellationToken)
    {
        Seen.Add($"+{session.Client}");
        User.Execute(new SendToUser { Data = [], Client = session.Client });
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask DisconnectedAsync(UserSession session, CancellationToken cancellationToken)
    {
        Seen.Add($"-{session.Client} of {User.Sessions.Count + 1}");
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask OnUnreadAsync(UnreadMessages unread, CancellationToken cancellationToken)
    {
        State.Mails.Add($"{unread.Inbox.Unread} unread, new {string.Join(',', unread.Messages.Select(message => Encoding.UTF8.GetString(message.Data)))}");
        Seen.Add($"mail {State.Mails.Count}: {State.Mails[^1]}");
        return MailFailures[0]-- > 0 ? throw new InvalidOperationException("The mail server is away.") : ValueTask.CompletedTask;
    }
}
