using System.Text.Json;
using WsCluster.Configuration;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class InboxSendBody : PublicationBody
{
    public string? User { get; set; }
}

internal sealed class InboxReadBody
{
    public string? User { get; set; }

    public ulong Offset { get; set; }
}

/// <summary>Puts a message into a user's inbox, whether the user is there or not.</summary>
internal sealed class InboxSendMethod(IWsCluster cluster, ApiChannels channels, InboxOptions inboxes) : IApiMethod
{
    public string Name => "inbox_send";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.InboxSendBody)!;
        return async cancellationToken =>
        {
            if (InboxStateMethod.Find(inboxes, body.User, out var failure) is not { } channel)
            {
                return failure;
            }

            if (!channels.TryFind(channel, out var options, out var error))
            {
                return ApiReply.Failed(error);
            }

            if (body.ToRequest() is not { SkipHistory: false } message || !ApiData.Fits(options.PublicationDataFormat, message.Data))
            {
                return ApiReply.Failed(ErrorCode.BadRequest);
            }

            var position = await cluster.Channel(channel).PublishAsync(message, cancellationToken);
            return ApiReply.Of(json => ApiOutput.WritePosition(json, position));
        };
    }
}

/// <summary>How far a user has read its inbox.</summary>
internal sealed class InboxStateMethod(IWsCluster cluster, InboxOptions inboxes) : IApiMethod
{
    public string Name => "inbox_state";

    /// <summary>The user's inbox; null, and what to answer, when there is none.</summary>
    public static string? Find(InboxOptions inboxes, string? user, out ApiReply failure)
    {
        var channel = string.IsNullOrEmpty(user) ? null : inboxes.ChannelOf(user);
        failure = ApiReply.Failed(string.IsNullOrEmpty(user) ? ErrorCode.BadRequest : ErrorCode.NotAvailable);
        return channel;
    }

    public ApiCall Decode(JsonElement request)
    {
        var user = request.Deserialize(ApiJson.Default.UserStatusBody)!.User;
        return async cancellationToken => Find(inboxes, user, out var failure) is null
            ? failure
            : Reply(await cluster.User(user!).GetInboxAsync(cancellationToken));
    }

    /// <summary>The state as an answer.</summary>
    public static ApiReply Reply(InboxState state) => ApiReply.Of(state.WriteTo);
}

/// <summary>A user has read its inbox up to a message.</summary>
internal sealed class InboxReadMethod(IWsCluster cluster, InboxOptions inboxes) : IApiMethod
{
    public string Name => "inbox_read";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.InboxReadBody)!;
        return async cancellationToken => InboxStateMethod.Find(inboxes, body.User, out var failure) is null
            ? failure
            : InboxStateMethod.Reply(await cluster.User(body.User!).MarkInboxReadAsync(body.Offset, cancellationToken));
    }
}
