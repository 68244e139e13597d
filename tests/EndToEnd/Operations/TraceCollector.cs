using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace WsCluster.Tests.EndToEnd.Operations;

/// <summary>A span that arrived.</summary>
internal sealed record Span(string Name, string Trace, string Id, string Parent);

/// <summary>Takes traces as an OpenTelemetry collector does, over HTTP in Protobuf, and keeps the spans.</summary>
internal sealed class TraceCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Span> _spans = [];

    public TraceCollector()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    public IReadOnlyCollection<Span> Spans => _spans;

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (context.Request.Url!.AbsolutePath == "/v1/traces")
                {
                    ReadSpans(body.ToArray());
                }

                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close([], willBlock: true);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // the server was closed, or one client went away
            }
        }
    }

    /// <summary>ExportTraceServiceRequest → resource_spans (1) → scope_spans (2) → spans (2).</summary>
    private void ReadSpans(byte[] request)
    {
        foreach (var resource in Fields(request).Where(field => field.Number == 1))
        {
            foreach (var scope in Fields(resource.Bytes).Where(field => field.Number == 2))
            {
                foreach (var span in Fields(scope.Bytes).Where(field => field.Number == 2))
                {
                    var parts = Fields(span.Bytes).Where(field => field.Number is 1 or 2 or 4 or 5).ToLookup(field => field.Number, field => field.Bytes);
                    _spans.Enqueue(new Span(Encoding.UTF8.GetString(parts[5].First()), Hex(parts[1]), Hex(parts[2]), Hex(parts[4])));
                }
            }
        }
    }

    private static string Hex(IEnumerable<byte[]> bytes) => Convert.ToHexString(bytes.FirstOrDefault() ?? []);

    /// <summary>The fields of a Protobuf message; those that are no bytes come empty.</summary>
    private static IEnumerable<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint();
            var bytes = Array.Empty<byte>();
            switch (tag & 7)
            {
                case 0:
                    Varint();
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint();
                    bytes = message[at..(at + length)];
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"No Protobuf: tag {tag}.");
            }

            yield return ((int)(tag >> 3), bytes);
        }

        ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = message[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
