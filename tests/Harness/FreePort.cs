using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WsCluster.Tests.Harness;

/// <summary>
/// Finds ports for the processes under test. They lie below the range the kernel takes for outgoing connections, so
/// that only another listener can be faster; who starts a process tries again with other ports when that happens. A port is
/// given out once: who was given one may take it long after, a page's server for one.
/// </summary>
internal static class FreePort
{
    private static readonly ConcurrentDictionary<int, byte> _given = new();

    public static int Next()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            if (!_given.TryAdd(port, 0))
            {
                continue;
            }

            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // taken: try another
            }
        }

        throw new InvalidOperationException("No free port was found on 127.0.0.1.");
    }
}
