using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using WsCluster.Configuration;
using ClusterOptions = WsCluster.Configuration.ClusterOptions;

namespace WsCluster.Grains.Hosting;

/// <summary>Orleans' reminders, for silos that remind users of what they have not read.</summary>
internal static class UnreadReminders
{
    private static readonly TimeSpan UsualShortest = TimeSpan.FromMinutes(1);

    /// <summary>Adds them where <see cref="InboxOptions.UnreadAfter"/> is set: in Redis in a cluster, else in memory.</summary>
    public static ISiloBuilder UseUnreadReminders(this ISiloBuilder silo, InboxOptions inbox, ClusterOptions cluster)
    {
        if (!inbox.Enabled || inbox.UnreadAfter == TimeSpan.Zero)
        {
            return silo;
        }

        silo.Services.Configure<ReminderOptions>(reminders =>
            reminders.MinimumReminderPeriod = inbox.UnreadAfter < UsualShortest ? inbox.UnreadAfter : UsualShortest);
        if (cluster.IsEmbedded)
        {
            return silo.UseInMemoryReminderService();
        }

        var redis = RedisConnection.Parse(cluster);
        return silo.UseRedisReminderService(options => options.ConfigurationOptions = redis);
    }
}
