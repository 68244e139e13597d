using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Copies of one key, as many as are in use at once: a key object must not be used by two threads, and reading one from
/// its text takes longer than a signature.
/// </summary>
/// <param name="create">Reads another copy.</param>
internal sealed class KeyPool<T>(Func<T> create)
    where T : AsymmetricAlgorithm
{
    private readonly ConcurrentBag<T> _idle = [];

    /// <summary>Lends a key for the duration of a call.</summary>
    public TResult Use<TResult>(Func<T, TResult> call)
    {
        var key = _idle.TryTake(out var idle) ? idle : create();
        try
        {
            return call(key);
        }
        finally
        {
            _idle.Add(key);
        }
    }
}
