using System.Text.Json;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Limits;
using WsCluster.Gateway.ServerApi;
using WsCluster.Gateway.ServerApi.Methods;

namespace WsCluster.Gateway.Admin;

/// <summary>What the console's page asks: its files, signing in and out, the HTTP API in the name of who has signed in.</summary>
internal sealed class ConsoleEndpoints(
    ConsoleAccess access,
    ConsoleTokens tokens,
    SignInAttempts attempts,
    ClientAddresses addresses,
    IWsCluster cluster,
    ClusterOptions clusterOptions,
    IOptionsMonitor<ConsoleOptions> options,
    ApiEndpoint api,
    ApiDispatcher dispatcher,
    BatchMethod batch,
    ConsoleFigures figures,
    GatewayMetrics metrics,
    ILogger<ConsoleEndpoints> logger)
{
    /// <summary>Where all of it lives.</summary>
    public const string Prefix = "/console";

    /// <summary>What its commands count for in the rates of the HTTP API.</summary>
    private const string ApiCaller = "console";

    private const int MaxSignInBytes = 2048;

    /// <summary>The page itself. Without a cluster it is there for everybody, to try the gateway.</summary>
    public IResult Page(HttpContext http) => clusterOptions.IsEmbedded || access.IsOn ? ConsolePage.Get(http, "index.html") : Results.NotFound();

    /// <summary>How the page stands, and what its connection proves itself with.</summary>
    public IResult Session(HttpContext http)
    {
        if (!ConsoleAccess.IsOwnPage(http.Request))
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        http.Response.Headers.CacheControl = "no-store";
        var (entry, session) = access.Enter(http);
        return Results.Json(new SessionAnswer(
            entry switch
            {
                ConsoleEntry.Open => "open",
                ConsoleEntry.SignedIn => "signed_in",
                ConsoleEntry.SignIn => "sign_in",
                _ => "off",
            },
            clusterOptions.IsEmbedded,
            clusterOptions.ClusterId,
            ProductVersion.Text,
            session is null ? null : tokens.Create(session, ConsolePurpose.Connection),
            session?.ExpireAt.ToUnixTimeMilliseconds()), ConsoleJson.Default.SessionAnswer);
    }

    /// <summary>Signs in with the password.</summary>
    public async Task SignInAsync(HttpContext http)
    {
        if (!ConsoleAccess.IsOwnPage(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var address = addresses.Of(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"].ToString());
        if (!attempts.TryTake(address, options.CurrentValue.MaxAttemptsPerMinute))
        {
            ConsoleLog.TooManyAttempts(logger, address);
            metrics.LimitHit(GatewayLimit.SignIns);
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }

        if (!access.IsPassword(await ReadPasswordAsync(http)))
        {
            ConsoleLog.WrongPassword(logger, address);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var session = access.Begin();
        ConsoleLog.SignedIn(logger, address, session.Id);
        http.Response.Cookies.Append(ConsoleAccess.Cookie, tokens.Create(session, ConsolePurpose.Cookie), CookieFor(http, session));
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Signs out: the session ends on every gateway, and its connections with it.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        if (!ConsoleAccess.IsOwnPage(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (access.Enter(http) is (ConsoleEntry.SignedIn, { } session))
        {
            http.Response.Cookies.Delete(ConsoleAccess.Cookie, CookieFor(http, session));
            await cluster.RevokeAsync(new Revocation { User = ConsoleAccess.User, Session = session.Id, KeepUntil = session.ExpireAt }, http.RequestAborted);
            ConsoleLog.SignedOut(logger, session.Id);
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>A method of the HTTP API, or the last minutes' figures.</summary>
    public async Task CallAsync(HttpContext http, string method)
    {
        if (!ConsoleAccess.IsOwnPage(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (access.Enter(http).Session is null)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        http.Response.Headers.CacheControl = "no-store";
        if (method == ConsoleFigures.Method)
        {
            await api.AnswerAsync(http, ApiCaller, _ => async cancellationToken => ApiAnswer.Of(await dispatcher.RunAsync(method, figures.ReadAsync, cancellationToken)));
        }
        else if (method == BatchMethod.Name)
        {
            await api.AnswerAsync(http, ApiCaller, batch.Decode);
        }
        else if (dispatcher.Find(method) is { } found)
        {
            await api.AnswerAsync(http, ApiCaller, body => api.Single(found, body));
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static async Task<string> ReadPasswordAsync(HttpContext http)
    {
        try
        {
            using var body = await ApiBody.ReadAsync(http, MaxSignInBytes);
            return body.RootElement.Deserialize(ConsoleJson.Default.SignInBody)?.Password ?? "";
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException or IOException)
        {
            return ""; // is no password
        }
    }

    private static CookieOptions CookieFor(HttpContext http, ConsoleSession session) => new()
    {
        Path = Prefix,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps || http.Request.Headers["X-Forwarded-Proto"] == "https", // who lies here loses the cookie
        Expires = session.ExpireAt,
    };
}
