using System.Collections.Frozen;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Finds methods by name and runs their calls: the one place where failures become errors of the reply.</summary>
internal sealed class ApiDispatcher(IEnumerable<IApiMethod> methods, GatewayMetrics metrics, TimeProvider time, ILogger<ApiDispatcher> logger)
{
    private readonly FrozenDictionary<string, IApiMethod> _methods = methods.ToFrozenDictionary(method => method.Name, StringComparer.Ordinal);

    public IEnumerable<IApiMethod> Methods => _methods.Values;

    public IApiMethod? Find(string name) => _methods.GetValueOrDefault(name);

    public async Task<ApiReply> RunAsync(string method, ApiCall call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reply = await TryAsync(method, call, cancellationToken);
        metrics.ApiCalled(method, reply.Error, time.GetElapsedTime(started));
        return reply;
    }

    private async Task<ApiReply> TryAsync(string method, ApiCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken);
        }
        catch (WsClusterException exception)
        {
            ApiLog.MethodRefused(logger, method, exception.Code, exception.Message);
            return ApiReply.Failed(exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            ApiLog.MethodFailed(logger, method, exception);
            return ApiReply.Failed(ErrorCode.Internal);
        }
    }
}
