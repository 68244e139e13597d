using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace WsCluster.Grains.Hosting.Health;

/// <summary>
/// What <c>/health/live</c> and <c>/health/ready</c> answer: a status code for machines, and for people which check fails, as in
/// <c>{"status":"not ready","checks":{"draining":"ok","cluster":"the cluster is out of reach"}}</c>.
/// </summary>
public static class HealthAnswer
{
    private const string Fine = "ok";

    /// <summary>The process answers.</summary>
    public static IResult Live() => Results.Text("{\"status\":\"live\"}", "application/json");

    /// <summary>200 when every check is fine, else 503.</summary>
    public static IResult Ready(params ReadOnlySpan<HealthCheck> checks)
    {
        var isReady = true;
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            foreach (var check in checks)
            {
                isReady &= check.Problem is null;
            }

            json.WriteStartObject();
            json.WriteString("status", isReady ? "ready" : "not ready");
            json.WriteStartObject("checks");
            foreach (var check in checks)
            {
                json.WriteString(check.Name, check.Problem ?? Fine);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Results.Text(body.WrittenSpan, "application/json", isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
