using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>bench</c>: a small load run, and what came of it.</summary>
internal sealed class BenchCommand(ClientConnection connection)
{
    private readonly Option<string?> _channel = new("--channel", "-c") { Description = "The channel. Default: one of its own, bench- and some letters.", HelpName = "channel" };
    private readonly Option<int> _subscribers = new("--subscribers", "-s") { Description = "Connections that subscribe.", DefaultValueFactory = _ => 100, HelpName = "count" };
    private readonly Option<int> _publishers = new("--publishers", "-p") { Description = "Connections that publish.", DefaultValueFactory = _ => 4, HelpName = "count" };
    private readonly Option<int> _rate = new("--rate", "-r") { Description = "Publications a second, of all publishers together.", DefaultValueFactory = _ => 100, HelpName = "count" };
    private readonly Option<int> _seconds = new("--seconds", "-d") { Description = "How long to publish.", DefaultValueFactory = _ => 10, HelpName = "count" };
    private readonly Option<int> _size = new("--size") { Description = "Bytes of a message.", DefaultValueFactory = _ => 128, HelpName = "bytes" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON." };

    /// <summary>The command.</summary>
    public static Command Create(CommandSettings settings)
    {
        var connection = new ClientConnection(settings);
        var options = new BenchCommand(connection);
        var command = new Command(
            "bench",
            "Puts a small load on a gateway and reports what was published and delivered, and how fast. For real measurements use bench/ of the sources.")
        {
            connection.Url, connection.Token, connection.User, connection.Protobuf, options._channel, options._subscribers, options._publishers, options._rate,
            options._seconds, options._size, options._json,
        };
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var plan = new BenchPlan(
            parsed.GetValue(_channel) ?? $"bench-{Random.Shared.Next(0x10000):x4}",
            InRange(parsed, _subscribers, 0, 10_000),
            InRange(parsed, _publishers, 1, 1_000),
            InRange(parsed, _rate, 1, 1_000_000),
            TimeSpan.FromSeconds(InRange(parsed, _seconds, 1, 3_600)),
            InRange(parsed, _size, BenchPayload.MinBytes, 60_000));
        var address = connection.Address(parsed);
        var output = parsed.InvocationConfiguration.Output;
        using var progress = new ProgressLine(parsed.InvocationConfiguration.Error);
        await using var run = new BenchRun(plan, () => connection.Create(parsed), address, progress);
        var result = await run.RunAsync(cancellationToken);
        progress.Clear();
        await output.WriteLineAsync(parsed.GetValue(_json) ? Json(plan, run, result).ToJsonString() : Text(plan, run, result, address));
        return result.Refused > 0 || result.Received < result.Acknowledged * plan.Subscribers ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static int InRange(ParseResult parsed, Option<int> option, int least, int most)
    {
        var value = parsed.GetValue(option);
        return value >= least && value <= most ? value : throw new CommandFailure($"{option.Name} is {value}, but must be from {least} to {most}.");
    }

    private static string Text(BenchPlan plan, BenchRun run, BenchResult result, Uri address)
    {
        var expected = result.Acknowledged * plan.Subscribers;
        var seconds = result.Publishing.TotalSeconds;
        List<string> lines =
        [
            F($"{plan.Subscribers} subscribers and {plan.Publishers} publishers on channel {plan.Channel} of {address}, {plan.PayloadBytes} bytes a message."),
            "",
            F($"  connected    {plan.Subscribers + plan.Publishers} in {result.Connecting.TotalSeconds:0.00} s"),
            F($"  published    {result.Acknowledged} acknowledged of {result.Due} in {seconds:0.0} s: {result.Acknowledged / seconds:0} a second, asked for {plan.Rate}"),
            F($"  delivered    {result.Received} of {expected}: {result.Received / seconds:0} a second"),
            $"  publish      {Times(run.Acknowledgement)}   until acknowledged",
            $"  delivery     {Times(run.Delivery)}   until at a subscriber",
            F($"  this process {result.Cores:0.0} of {Environment.ProcessorCount} cores"),
        ];
        if (result.Refused > 0)
        {
            lines.Add(F($"  {result.Refused} publications were refused or not answered, the first: {result.FirstRefusal}"));
        }

        if (result.Received < expected)
        {
            lines.Add(F($"  {expected - result.Received} deliveries are missing; {result.Gaps} times a subscriber was told so."));
        }

        if (result.Received > expected)
        {
            lines.Add(F($"  {result.Received - expected} deliveries are of publications whose answer did not come."));
        }

        if (result.Cores > 0.7 * Environment.ProcessorCount)
        {
            lines.Add("  This process used most of the machine: the figures are its limits as much as the cluster's.");
        }

        lines.Add("  Times are from when a message was due, by one clock. A gateway on the same machine shares it with this process.");
        return string.Join('\n', lines);
    }

    private static JsonObject Json(BenchPlan plan, BenchRun run, BenchResult result) => new()
    {
        ["channel"] = plan.Channel,
        ["subscribers"] = plan.Subscribers,
        ["publishers"] = plan.Publishers,
        ["rate"] = plan.Rate,
        ["size"] = plan.PayloadBytes,
        ["connect_seconds"] = result.Connecting.TotalSeconds,
        ["publish_seconds"] = result.Publishing.TotalSeconds,
        ["due"] = result.Due,
        ["acknowledged"] = result.Acknowledged,
        ["refused"] = result.Refused,
        ["delivered"] = result.Received,
        ["expected"] = result.Acknowledged * plan.Subscribers,
        ["publish_ms"] = JsonTimes(run.Acknowledgement),
        ["delivery_ms"] = JsonTimes(run.Delivery),
        ["cores"] = result.Cores,
    };

    private static JsonObject JsonTimes(LatencyRecorder times) => new()
    {
        ["p50"] = times.At(0.5).TotalMilliseconds,
        ["p90"] = times.At(0.9).TotalMilliseconds,
        ["p99"] = times.At(0.99).TotalMilliseconds,
        ["max"] = times.At(1).TotalMilliseconds,
    };

    private static string Times(LatencyRecorder times) => times.Count == 0
        ? "none"
        : F($"p50 {Ms(times, 0.5)}  p90 {Ms(times, 0.9)}  p99 {Ms(times, 0.99)}  max {Ms(times, 1)} ms");

    private static string Ms(LatencyRecorder times, double share) => F($"{times.At(share).TotalMilliseconds:0.00}");

    private static string F(FormattableString text) => FormattableString.Invariant(text);
}
