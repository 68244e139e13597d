namespace WsCluster.Grains.Users;

/// <summary>A user's durable reminder of what it has not read: it outlives the silo that it was set on.</summary>
internal interface IUnreadReminder
{
    /// <summary>True when it is set.</summary>
    Task<bool> IsSetAsync();

    /// <summary>Sets it, or sets it anew.</summary>
    Task SetAsync(TimeSpan due, TimeSpan period);

    /// <summary>Takes it back.</summary>
    Task ClearAsync();
}
