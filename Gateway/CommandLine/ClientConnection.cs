using System.CommandLine;
using WsCluster.Client;

namespace WsCluster.Gateway.CommandLine;

/// <summary>The options by which commands connect as a client does.</summary>
internal sealed class ClientConnection(CommandSettings settings)
{
    private readonly GatewayTarget _target = new(settings);

    /// <summary>The gateway's address.</summary>
    public Option<string?> Url => _target.Url;

    /// <summary>A ready token.</summary>
    public Option<string?> Token { get; } = new("--token") { Description = "A connection token. Default: none, for the anonymous user.", HelpName = "token" };

    /// <summary>A user to make a token for.</summary>
    public Option<string?> User { get; } = new("--user", "-u") { Description = "Connect as this user, with a token signed by the configured secret.", HelpName = "id" };

    /// <summary>The encoding.</summary>
    public Option<bool> Protobuf { get; } = new("--protobuf") { Description = "Speak Protobuf instead of JSON." };

    /// <summary>Where it connects.</summary>
    public Uri Address(ParseResult parsed) => _target.WebSocketAddress(parsed);

    /// <summary>A client that is to be connected.</summary>
    public WsClusterClient Create(ParseResult parsed)
    {
        var token = parsed.GetValue(Token) ?? (parsed.GetValue(User) is { } user ? GenTokenCommand.ConnectionToken(settings, user) : null);
        return new WsClusterClient(Address(parsed), new ClientOptions
        {
            Token = token,
            Name = "cli",
            Protocol = parsed.GetValue(Protobuf) ? ClientProtocol.Protobuf : ClientProtocol.Json,
        });
    }

    /// <summary>Connects, or says in a sentence why not: a gateway that cannot be reached at all is no reason to wait for one.</summary>
    public static async Task ConnectAsync(WsClusterClient client, Uri address, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? problem = null;
        client.Error += OnError;
        try
        {
            await client.ConnectAsync(attempt.Token);
        }
        catch (WsClusterClientException e)
        {
            throw new CommandFailure($"{address} refused the connection: {e.Reason} ({e.Code}).{HintFor(e.Code)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure($"No gateway answers at {address}: {problem?.GetBaseException().Message.TrimEnd('.')}. Set --url.");
        }
        finally
        {
            client.Error -= OnError;
        }

        void OnError(object? sender, Exception exception)
        {
            if (exception is not WsClusterClientException { IsTemporary: true, Code: >= 100 })
            {
                problem = exception;
                attempt.Cancel();
            }
        }
    }

    /// <summary>What to do about a refusal.</summary>
    private static string HintFor(int code) => code switch
    {
        (int)ErrorCode.Unauthorized or 3500 or 3501 => " Give --token or --user.",
        _ => "",
    };
}
