namespace WsCluster.Gateway.CommandLine;

/// <summary>
/// Shows how far a long command is: one line that changes on a terminal; in a file or a pipe a line every few seconds.
/// </summary>
internal sealed class ProgressLine(TextWriter output) : IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);

    private readonly bool _isTerminal = IsTerminal(output);
    private DateTime _next = DateTime.UtcNow + (IsTerminal(output) ? OnTerminal : Elsewhere); // what is done at once shows nothing
    private int _shown;

    /// <summary>Says how far it is, now and then.</summary>
    public void Report(string text)
    {
        var now = DateTime.UtcNow;
        if (now < _next)
        {
            return;
        }

        _next = now + (_isTerminal ? OnTerminal : Elsewhere);
        if (_isTerminal)
        {
            output.Write($"\r{text.PadRight(_shown)}");
            _shown = text.Length;
        }
        else
        {
            output.WriteLine(text);
        }
    }

    /// <summary>Removes the line.</summary>
    public void Clear()
    {
        if (_shown > 0)
        {
            output.Write($"\r{new string(' ', _shown)}\r");
            _shown = 0;
        }
    }

    public void Dispose() => Clear();

    private static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Error) && !Console.IsErrorRedirected;
}
