using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>The few calls of Linux that the reactor makes. Each returns -1 on failure, with the reason in <see cref="LastError"/>.</summary>
internal static partial class Libc
{
    /// <summary>Interrupted: call again.</summary>
    public const int Interrupted = 4;

    /// <summary>It would have to wait.</summary>
    public const int WouldBlock = 11;

    private const string Library = "libc";
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Peek = 0x2;

    /// <summary>Why the thread's last call failed.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    public static int CreateEpoll() => EpollCreate1(CloseOnExec);

    /// <summary>A file that becomes readable when it is written to (<c>eventfd(2)</c>).</summary>
    public static SafeFileHandle CreateEvent() => new(EventFd(0, CloseOnExec | NonBlocking), ownsHandle: true);

    public static int Receive(int socket, Span<byte> buffer, bool peek = false) =>
        (int)Recv(socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, peek ? Peek | DoNotWait : DoNotWait);

    public static int Send(int socket, ReadOnlySpan<byte> bytes) =>
        (int)Send(socket, in MemoryMarshal.GetReference(bytes), bytes.Length, DoNotWait | NoSignal);

    /// <summary>Takes a new connection, non-blocking; its address is put into <paramref name="address"/>.</summary>
    public static int Accept(int listening, Span<byte> address)
    {
        var length = address.Length;
        return Accept4(listening, ref MemoryMarshal.GetReference(address), ref length, CloseOnExec | NonBlocking);
    }

    /// <summary>Gives a file back. It is gone whatever the call says (<c>close(2)</c>).</summary>
    public static void Close(int file) => _ = CloseFile(file);

    /// <summary>Nothing more will be sent.</summary>
    public static int ShutDownSending(int socket) => Shutdown(socket, 1);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int file, ref byte change);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, ref byte events, int count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, in ulong value, nint length);

    [LibraryImport(Library, EntryPoint = "close")]
    private static partial int CloseFile(int file);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate1(int flags);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(int socket, ref byte buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, in byte bytes, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept4(int socket, ref byte address, ref int length, int flags);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(int socket, int how);
}
