using System.Collections.Concurrent;
using System.Text;
using WsCluster.Behaviors;

namespace WsCluster.Tests.Cluster.Users;

public sealed class MailingState
{
    public int Connects { get; set; }

    public int Mails { get; set; }
}

/// <summary>The code of a user in the cluster tests: counts what it is asked, and "sends mail".</summary>
public sealed class MailingUser : UserBehavior<MailingState>
{
    /// <summary>What was mailed, over all silos of the process: the user, how many mails it had by then, and the messages.</summary>
    internal static ConcurrentQueue<(string User, int Mails, string Text)> Sent { get; } = [];

    protected internal override async ValueTask<ConnectDecision> DecideConnectAsync(ConnectAttempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Data.Length > 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        State.Connects++;
        return State.Connects > 3
            ? new ConnectDecision { Denial = new Denial { Code = 4403, Reason = "too often" } }
            : new ConnectDecision { Data = Encoding.UTF8.GetBytes($"{State.Connects}") };
    }

    protected internal override ValueTask OnUnreadAsync(UnreadMessages unread, CancellationToken cancellationToken)
    {
        State.Mails++;
        Sent.Enqueue((User.Id, State.Mails, string.Join(',', unread.Messages.Select(message => Encoding.UTF8.GetString(message.Data)))));
        return ValueTask.CompletedTask;
    }
}
