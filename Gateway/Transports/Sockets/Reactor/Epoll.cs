using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>Watches files (<c>epoll(7)</c>). One thread waits; the same one adds and removes.</summary>
internal sealed class Epoll : IDisposable
{
    private const int MostEvents = 256;
    private const int Add = 1;
    private const int Delete = 2;

    // The kernel's struct epoll_event: 32 bits of events, then 64 of the caller's, packed on x86 alone.
    private static readonly int TokenAt = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventBytes = TokenAt + sizeof(long);

    private readonly int _file;
    private readonly byte[] _events = GC.AllocateArray<byte>(MostEvents * EventBytes, pinned: true);
    private readonly byte[] _change = new byte[EventBytes];

    public Epoll()
    {
        _file = Libc.CreateEpoll();
        if (_file < 0)
        {
            throw new Win32Exception(Libc.LastError);
        }
    }

    /// <summary>Watches a file. <paramref name="token"/> comes with each of its events.</summary>
    /// <returns>False when the kernel has no room for it.</returns>
    public bool TryWatch(int file, Readiness readiness, long token)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_change, (uint)readiness);
        BinaryPrimitives.WriteInt64LittleEndian(_change.AsSpan(TokenAt), token);
        return Libc.EpollControl(_file, Add, file, ref _change[0]) == 0;
    }

    /// <summary>Watches a file no more. A file that is closed needs no such word.</summary>
    public void Forget(int file) => Libc.EpollControl(_file, Delete, file, ref _change[0]);

    /// <summary>Waits, -1 for ever. The number of events.</summary>
    public int Wait(int milliseconds) => Math.Max(0, Libc.EpollWait(_file, ref _events[0], MostEvents, milliseconds)); // interrupted: none

    /// <summary>One of them.</summary>
    public Readiness Event(int index, out long token)
    {
        var bytes = _events.AsSpan(index * EventBytes, EventBytes);
        token = BinaryPrimitives.ReadInt64LittleEndian(bytes[TokenAt..]);
        return (Readiness)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => Libc.Close(_file);
}
