using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>The application's own HTTP server, in the test's process: publishes keys and answers the gateways' questions.</summary>
internal sealed class ApplicationServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, Func<JsonNode?, string>> _answers = [];

    public ApplicationServer()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>What was asked, by path.</summary>
    public ConcurrentQueue<(string Path, JsonNode? Body)> Asked { get; } = [];

    /// <summary>Answers a path from now on.</summary>
    public void On(string path, Func<JsonNode?, string> answer) => _answers[path] = answer;

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                Answer(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // the server was closed, or one client went away
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        var body = context.Request.HasEntityBody ? JsonNode.Parse(context.Request.InputStream) : null;
        Asked.Enqueue((path, body));
        var answer = _answers.TryGetValue(path, out var answers) ? Encoding.UTF8.GetBytes(answers(body)) : null;
        context.Response.StatusCode = answer is null ? 404 : 200;
        context.Response.Close(answer ?? [], willBlock: true);
    }
}
