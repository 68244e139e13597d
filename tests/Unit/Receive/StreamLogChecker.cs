using System.Text.Json;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>
/// Reads what one transport got for one channel and finds what no subscriber may see: a hole, a repetition, another order,
/// a publication outside a subscription, a position with another payload than elsewhere. Payloads may be objects that
/// tell their own position: <c>{"e":"epoch","o":offset}</c>.
/// </summary>
internal sealed class StreamLogChecker
{
    private readonly Dictionary<(string Epoch, ulong Offset), string> _payloads = []; // over all logs that this checker reads

    private bool _live;
    private bool _closed;
    private bool _positioned;
    private string _epoch = "";
    private ulong _offset;
    private HashSet<string> _pastEpochs = [];

    /// <summary>Where the subscriber stood at the end of the last log; null when it was not a live positioned subscriber.</summary>
    public StreamPosition? End => _live && _positioned ? new StreamPosition(_offset, _epoch) : null;

    /// <summary>The last position that a positioned subscriber would resume from; of an empty epoch when there is none.</summary>
    public StreamPosition Last => new(_positioned ? _offset : 0, _positioned ? _epoch : "");

    /// <summary>Fails when there is a fault in a log.</summary>
    public static void Check(IReadOnlyList<string> log) => Assert.Null(new StreamLogChecker().FindFault(log));

    /// <summary>The first fault, or null. <paramref name="asked"/> tells where recovering subscribe commands stood.</summary>
    public string? FindFault(IReadOnlyList<string> log, IReadOnlyDictionary<uint, StreamPosition>? asked = null)
    {
        (_live, _closed) = (false, false);
        for (var i = 0; i < log.Count; i++)
        {
            if (FindFault(log[i], asked) is { } fault)
            {
                return $"{fault}, at {i}: {log[i]}";
            }
        }

        return null;
    }

    private string? FindFault(string message, IReadOnlyDictionary<uint, StreamPosition>? asked)
    {
        if (_closed)
        {
            return "something after the close";
        }

        if (message.StartsWith("close ", StringComparison.Ordinal))
        {
            (_closed, _live) = (true, false);
            return null;
        }

        using var json = JsonDocument.Parse(message);
        var root = json.RootElement;
        if (root.TryGetProperty("subscribe", out var result))
        {
            var id = root.GetProperty("id").GetUInt32();
            return Subscribed(result, asked is not null && asked.TryGetValue(id, out var from) ? from : null);
        }

        if (root.TryGetProperty("unsubscribe", out _))
        {
            _live = false;
            return null;
        }

        if (!root.TryGetProperty("push", out var push))
        {
            return null;
        }

        if (push.TryGetProperty("unsubscribe", out _))
        {
            var wasLive = _live;
            _live = false;
            return wasLive ? null : "an unsubscribe push without a subscription";
        }

        return push.TryGetProperty("pub", out var publication) ? Published(publication) : null;
    }

    private string? Subscribed(JsonElement result, StreamPosition? asked)
    {
        if (_live)
        {
            return "a second subscribe reply";
        }

        (_live, _pastEpochs) = (true, []);
        _positioned = result.TryGetProperty("positioned", out _);
        _epoch = Text(result, "epoch");
        _offset = Number(result, "offset");
        var recovered = result.TryGetProperty("recovered", out _);
        if (recovered && asked is { } from && (from.Offset != _offset || (from.Epoch.Length > 0 && from.Epoch != _epoch)))
        {
            return $"recovered from another position than the asked {from}";
        }

        if (!result.TryGetProperty("publications", out var publications))
        {
            return null;
        }

        if (!recovered)
        {
            return "publications without recovery";
        }

        foreach (var publication in publications.EnumerateArray())
        {
            if (Published(publication) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private string? Published(JsonElement publication)
    {
        if (!_live)
        {
            return "a publication outside a subscription";
        }

        var offset = Number(publication, "offset");
        if (offset == 0)
        {
            return null;
        }

        var data = publication.GetProperty("data");
        var epoch = data.ValueKind == JsonValueKind.Object ? Text(data, "e") : _epoch;
        if (!_payloads.TryAdd((epoch, offset), data.GetRawText()) && _payloads[(epoch, offset)] != data.GetRawText())
        {
            return $"another payload at ({epoch}, {offset})";
        }

        if (data.ValueKind == JsonValueKind.Object && Number(data, "o") != offset)
        {
            return "an offset that its payload does not have";
        }

        if (_positioned)
        {
            if (epoch != _epoch || offset != _offset + 1)
            {
                return $"({epoch}, {offset}) after ({_epoch}, {_offset})";
            }
        }
        else if (epoch != _epoch)
        {
            if (!_pastEpochs.Add(epoch))
            {
                return $"epoch {epoch} again";
            }

            _epoch = epoch;
        }
        else if (offset <= _offset)
        {
            return $"{offset} after {_offset}";
        }

        _offset = offset;
        return null;
    }

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var text) ? text.GetString()! : "";

    private static ulong Number(JsonElement json, string name) => json.TryGetProperty(name, out var number) ? number.GetUInt64() : 0;
}
