using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;
using WsCluster.Routing;

namespace WsCluster.Gateway.Transports.Emulation;

/// <summary>
/// Takes the commands of clients without a WebSocket at <c>/emulation</c> (protocol §24), whichever gateway they belong to.
/// Answers: 204 queued, or for a session that is over, whose client notices by the end of its stream; 400 no such request; 404 no
/// such node, the client connects again; 413 too long; 503 too much waits or its gateway does not answer, the client connects
/// again too.
/// </summary>
internal sealed class EmulationEndpoint(UplinkRouter router, CrossOrigin crossOrigin, IOptionsMonitor<GatewayOptions> options)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/emulation";

    /// <summary>What stands around a frame: node, session, and names.</summary>
    private const int EnvelopeBytes = 1024;

    /// <summary>Takes one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!crossOrigin.Admits(context, HttpMethods.Post))
        {
            return;
        }

        // JSON in a JSON string has a backslash before each quote.
        var maxFrame = options.CurrentValue.MaxMessageBytes;
        if (await RequestBody.ReadAsync(context, (2 * maxFrame) + EnvelopeBytes) is not { } body)
        {
            return;
        }

        if (EmulationRequests.Decode(body, RequestBody.IsProtobuf(context.Request)) is not { Session.Length: > 0 } request)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (request.Data.Length > maxFrame)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        context.Response.StatusCode = await router.SendAsync(request.Node, new UplinkFrame { Session = request.Session, Data = request.Data.ToByteArray() }) switch
        {
            UplinkOutcome.Accepted or UplinkOutcome.NoSession => StatusCodes.Status204NoContent,
            UplinkOutcome.NoNode => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
    }
}
