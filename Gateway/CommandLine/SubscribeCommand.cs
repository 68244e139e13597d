using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WsCluster.Client;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>subscribe</c>: prints what is published.</summary>
internal sealed class SubscribeCommand(ClientConnection connection)
{
    private readonly Argument<string[]> _channels = new("channel") { Description = "Channels.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _jsonLines = new("--json-lines", "-j") { Description = "Print a JSON object a line, for other programs." };
    private readonly Option<int> _history = new("--history") { Description = "Begin with the newest so many that are kept.", HelpName = "count" };
    private readonly Option<string?> _since = new("--since") { Description = "Begin with what came after this position.", HelpName = "offset:epoch" };
    private readonly Option<int> _count = new("--count", "-n") { Description = "End after so many messages.", HelpName = "count" };
    private readonly Option<string?> _channelToken = new("--channel-token") { Description = "A subscription token, for a channel that needs one.", HelpName = "token" };
    private readonly Option<bool> _joins = new("--joins") { Description = "Print who joins and leaves too." };

    private readonly Lock _printing = new(); // guards the field below, too
    private int _left;

    /// <summary>The command.</summary>
    public static Command Create(CommandSettings settings)
    {
        var connection = new ClientConnection(settings);
        var options = new SubscribeCommand(connection);
        var command = new Command(
            "subscribe",
            "Subscribes to channels through a gateway and prints what is published, until Ctrl-C. It connects again by itself, and gets what it missed where the channel has history.")
        {
            options._channels, connection.Url, connection.Token, connection.User, options._channelToken, options._jsonLines, options._history, options._since,
            options._count, options._joins, connection.Protobuf,
        };
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var channels = parsed.GetRequiredValue(_channels).Distinct(StringComparer.Ordinal).ToList();
        var since = parsed.GetValue(_since) is { } text ? ParsePosition(text) : null;
        if (since is not null && channels.Count > 1)
        {
            throw new CommandFailure("--since is a position in one channel: give one channel with it.");
        }

        var address = connection.Address(parsed);
        await using var client = connection.Create(parsed);
        await ClientConnection.ConnectAsync(client, address, cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _left = parsed.GetValue(_count) is > 0 and var count ? count : int.MaxValue;
        var readers = new List<Task>();
        foreach (var channel in channels)
        {
            var subscription = await SubscribeAsync(client, channel, since, parsed, cancellationToken);
            readers.Add(PrintAllAsync(subscription, parsed, enough));
        }

        if (_left <= 0)
        {
            await enough.CancelAsync(); // history had as many as were wanted
        }

        await parsed.InvocationConfiguration.Error.WriteLineAsync($"Subscribed to {string.Join(", ", channels)} on {address}. Ctrl-C ends it.");
        client.StateChanged += OnStateChanged;
        await Task.WhenAll(readers);
        client.StateChanged -= OnStateChanged;
        return ExitCodes.Done; // to be ended is how it ends

        void OnStateChanged(object? sender, ClientStateChange change) => parsed.InvocationConfiguration.Error.WriteLine($"{change.State}: {change.Reason}");
    }

    private async Task<Subscription> SubscribeAsync(WsClusterClient client, string channel, Client.StreamPosition? since, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            if (parsed.GetValue(_history) is > 0 and var newest)
            {
                // The page's own position, so that nothing can come between it and the first live message.
                var page = await client.GetHistoryAsync(channel, new Client.HistoryQuery { Limit = newest, Reverse = true }, cancellationToken);
                foreach (var publication in page.Publications.Reverse())
                {
                    Print(publication, parsed);
                }

                since = page.Position;
            }

            var subscription = client.NewSubscription(channel, new SubscriptionOptions
            {
                Recoverable = true,
                Since = since,
                JoinLeave = parsed.GetValue(_joins),
                Token = parsed.GetValue(_channelToken),
            });
            if (parsed.GetValue(_joins))
            {
                subscription.Joined += (_, member) => PrintMember("join", member, parsed);
                subscription.Left += (_, member) => PrintMember("leave", member, parsed);
            }

            await subscription.SubscribeAsync(cancellationToken);
            return subscription;
        }
        catch (WsClusterClientException e)
        {
            throw new CommandFailure($"The gateway refused {channel}: {e.Reason} ({e.Code}).");
        }
    }

    private async Task PrintAllAsync(Subscription subscription, ParseResult parsed, CancellationTokenSource enough)
    {
        try
        {
            await foreach (var publication in subscription.ReadAllAsync(enough.Token))
            {
                if (!Print(publication, parsed))
                {
                    await enough.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // Ctrl-C, or as many as were wanted.
        }
        catch (WsClusterClientException e)
        {
            throw new CommandFailure($"{subscription.Channel} ended: {e.Reason} ({e.Code}).");
        }
    }

    /// <summary>False when it was the last that is wanted.</summary>
    private bool Print(Client.Publication publication, ParseResult parsed)
    {
        var line = parsed.GetValue(_jsonLines) ? JsonLine(publication) : TextLine(publication);
        lock (_printing)
        {
            if (_left <= 0)
            {
                return false; // another channel had the last
            }

            if (publication.AfterGap)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"{publication.Channel}: messages before this one may be lost.");
            }

            parsed.InvocationConfiguration.Output.WriteLine(line);
            parsed.InvocationConfiguration.Output.Flush();
            return --_left > 0;
        }
    }

    private void PrintMember(string what, ChannelMember member, ParseResult parsed)
    {
        var line = parsed.GetValue(_jsonLines)
            ? new JsonObject { ["channel"] = member.Channel, [what] = new JsonObject { ["user"] = member.Info.User, ["client"] = member.Info.Client } }.ToJsonString()
            : $"{member.Channel} {what} {member.Info.User} {member.Info.Client}";
        lock (_printing)
        {
            parsed.InvocationConfiguration.Output.WriteLine(line);
        }
    }

    private static string TextLine(Client.Publication publication) => string.Create(
        CultureInfo.InvariantCulture,
        $"{publication.Channel}{(publication.Offset > 0 ? $" {publication.Offset}" : "")} {Encoding.UTF8.GetString(publication.Data.Span)}");

    private static string JsonLine(Client.Publication publication)
    {
        var line = new JsonObject { ["channel"] = publication.Channel };
        if (publication.Offset > 0)
        {
            line["offset"] = publication.Offset;
        }

        try
        {
            line["data"] = JsonNode.Parse(publication.Data.Span);
        }
        catch (JsonException)
        {
            line["b64data"] = Convert.ToBase64String(publication.Data.Span);
        }

        if (publication.Tags.Count > 0)
        {
            line["tags"] = new JsonObject(publication.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));
        }

        if (publication.Info is { } info)
        {
            line["user"] = info.User;
        }

        if (publication.AfterGap)
        {
            line["after_gap"] = true;
        }

        return line.ToJsonString();
    }

    private static Client.StreamPosition ParsePosition(string text) =>
        text.Split(':', 2) is [var offset, var epoch] && ulong.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Client.StreamPosition(number, epoch)
            : throw new CommandFailure($"--since is '{text}', but must be offset:epoch, as publish prints them.");
}
