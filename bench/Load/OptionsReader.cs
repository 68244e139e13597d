using System.Globalization;

namespace WsCluster.Load;

/// <summary>Reads the command line: pairs of a name and a value.</summary>
internal static class OptionsReader
{
    public const string Help = """
        Puts load on a WsCluster (or any server of the same JSON protocol) and checks every delivery.

          --url ws://HOST:PORT/PATH[,…]  where subscribers connect, spread evenly; without a path /connection/websocket
          --publish-url URL              where publishers connect (default: the first --url)
          --connections N                subscribers, one connection and one subscription each (100)
          --channels M                   channels, every one with about N/M subscribers (1)
          --publishers P                 publishing connections; each goes through all channels in turn (1)
          --rate R                       open loop: R publications per second in all, sent by the clock whatever happens
          --window W                     closed loop: W publications in flight in all; the next one leaves when one has
                                         reached all its subscribers. Give either --rate or --window.
          --payload BYTES                length of the published JSON value, 64 to 60000 (128)
          --warmup S                     seconds of load before the measured ones (3)
          --duration S                   measured seconds (10)
          --channel-prefix TEXT          start of the channel names, with the namespace ("plain:")
          --server-pid PID[,PID]         processes on this machine whose CPU time and memory are read

        Progress goes to stderr; a table and one line of JSON go to stdout. Latency is from the time a publication was
        due (--rate) or sent (--window) until a subscriber read it. Exit code: 0 every delivery arrived exactly once and in
        order, 1 one was lost, repeated, reordered or misrouted, or a connection broke, 2 the run could not be made.
        """;

    public static LoadOptions Read(string[] args)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !Help.Contains($"  {name} ", StringComparison.Ordinal))
            {
                throw new LoadException($"'{name}' is not an option; --help lists them.");
            }

            if (i + 1 == args.Length)
            {
                throw new LoadException($"{name} needs a value.");
            }

            if (!values.TryAdd(name, args[i + 1]))
            {
                throw new LoadException($"{name} is given twice.");
            }
        }

        var defaults = new LoadOptions { Urls = [], PublishUrl = new Uri("ws://localhost") };
        var urls = List(values, "--url").Select(u => Url("--url", u)).ToArray();
        if (urls.Length == 0)
        {
            throw new LoadException("--url is missing: where shall subscribers connect?");
        }

        var options = new LoadOptions
        {
            Urls = urls,
            PublishUrl = values.TryGetValue("--publish-url", out var publishUrl) ? Url("--publish-url", publishUrl) : urls[0],
            Connections = (int)Number(values, "--connections", defaults.Connections, 1, 60_000),
            Channels = (int)Number(values, "--channels", defaults.Channels, 1, 60_000),
            Publishers = (int)Number(values, "--publishers", defaults.Publishers, 1, 1_000),
            Rate = Number(values, "--rate", 0, 0.01, 1_000_000, whole: false),
            Window = (int)Number(values, "--window", 0, 1, 1_000_000),
            PayloadBytes = (int)Number(values, "--payload", defaults.PayloadBytes, LoadPayload.MinBytes, 60_000),
            Warmup = TimeSpan.FromSeconds(Number(values, "--warmup", defaults.Warmup.TotalSeconds, 0, 3_600, whole: false)),
            Duration = TimeSpan.FromSeconds(Number(values, "--duration", defaults.Duration.TotalSeconds, 0.1, 3_600, whole: false)),
            ChannelPrefix = values.GetValueOrDefault("--channel-prefix", defaults.ChannelPrefix),
            ServerPids = [.. List(values, "--server-pid").Select(Pid)],
        };
        Check(options);
        return options;
    }

    private static void Check(LoadOptions options)
    {
        if (options.Rate > 0 == options.Window > 0)
        {
            throw new LoadException("Give either --rate or --window.");
        }

        if (options.Connections < options.Channels)
        {
            throw new LoadException("--connections must be at least --channels: every channel needs a subscriber.");
        }

        if (options.Window > 0 && options.Window < options.Publishers)
        {
            throw new LoadException("--window must be at least --publishers: each publisher gets its share.");
        }

        if (options.ChannelPrefix.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
        {
            throw new LoadException("--channel-prefix must be printable ASCII without quotes, backslashes and spaces.");
        }
    }

    private static Uri Url(string name, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != "ws")
        {
            throw new LoadException($"{name}: '{text}' is not a ws:// address.");
        }

        return url.PathAndQuery == "/" ? new Uri(url, "/connection/websocket") : url;
    }

    private static int Pid(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0
            ? pid
            : throw new LoadException($"--server-pid: '{text}' is not a process id.");

    private static string[] List(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var text)
            ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];

    private static double Number(
        Dictionary<string, string> values, string name, double otherwise, double min, double max, bool whole = true)
    {
        if (!values.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number < min || number > max || (whole && number != Math.Floor(number)))
        {
            throw new LoadException($"{name}: '{text}' is not a {(whole ? "whole " : "")}number from {min} to {max}.");
        }

        return number;
    }
}
