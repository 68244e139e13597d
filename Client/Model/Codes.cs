namespace WsCluster.Client;

/// <summary>Why a client is connecting. Codes from 3000 are the server's.</summary>
public static class ConnectingCode
{
    /// <summary><c>ConnectAsync</c> was called.</summary>
    public const int ConnectCalled = 0;

    /// <summary>The connection was lost.</summary>
    public const int TransportClosed = 1;

    /// <summary>The server's pings did not come any more.</summary>
    public const int NoPing = 2;

    /// <summary>A subscribe was not answered in time.</summary>
    public const int SubscribeTimeout = 3;

    /// <summary>An unsubscribe was not answered, or not as expected.</summary>
    public const int UnsubscribeError = 4;
}

/// <summary>Why a client is disconnected. Codes from 100 to 2999 are errors of the connect, codes from 3000 the server's.</summary>
public static class DisconnectedCode
{
    /// <summary><c>DisconnectAsync</c> or <c>DisposeAsync</c> was called.</summary>
    public const int DisconnectCalled = 0;

    /// <summary>There is no token (<see cref="ClientOptions.GetToken"/> gave none).</summary>
    public const int Unauthorized = 1;

    /// <summary>The server sent what is not the protocol.</summary>
    public const int BadProtocol = 2;

    /// <summary>A message was larger than the server, or <see cref="ClientOptions.MaxMessageBytes"/>, allows.</summary>
    public const int MessageSizeLimit = 3;
}

/// <summary>Why a subscription is subscribing. Codes from 2500 are the server's.</summary>
public static class SubscribingCode
{
    /// <summary><c>SubscribeAsync</c> was called.</summary>
    public const int SubscribeCalled = 0;

    /// <summary>The connection was lost.</summary>
    public const int TransportClosed = 1;

    /// <summary>The reader of the publications is behind: the subscription pauses until it has caught up.</summary>
    public const int SlowReader = 10;
}

/// <summary>Why a subscription is unsubscribed. Codes from 100 are the server's.</summary>
public static class UnsubscribedCode
{
    /// <summary><c>UnsubscribeAsync</c> was called.</summary>
    public const int UnsubscribeCalled = 0;

    /// <summary>There is no token (<see cref="SubscriptionOptions.GetToken"/> gave none).</summary>
    public const int Unauthorized = 1;

    /// <summary>The client was disposed.</summary>
    public const int ClientClosed = 2;
}

/// <summary>Errors that the client itself finds. Codes from 100 are the server's.</summary>
public static class ClientErrorCode
{
    /// <summary>No answer in time. Whether the server did it is unknown.</summary>
    public const int Timeout = 1;

    /// <summary>The connection could not be made, or was lost. What was under way may have been done.</summary>
    public const int TransportClosed = 2;

    /// <summary>The client is disconnected.</summary>
    public const int ClientDisconnected = 3;

    /// <summary>The application's token callback failed.</summary>
    public const int Token = 5;

    /// <summary>The subscription is unsubscribed.</summary>
    public const int Unsubscribed = 7;

    /// <summary>A handler of the application threw.</summary>
    public const int Handler = 20;

    /// <summary>More commands wait for answers than <see cref="ClientOptions.MaxPendingCommands"/> allows.</summary>
    public const int TooManyPending = 21;
}
