namespace WsCluster.Client.Connections;

/// <summary>Calls event handlers: each of them, whatever the others do.</summary>
internal static class Handlers
{
    public static void Raise<T>(EventHandler<T>? handlers, object sender, T arguments, Action<Exception> report)
    {
        if (handlers is null)
        {
            return;
        }

        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(sender, arguments);
            }
            catch (Exception e)
            {
                report(new WsClusterClientException(ClientErrorCode.Handler, $"a handler threw: {e.Message}", innerException: e));
            }
        }
    }
}
