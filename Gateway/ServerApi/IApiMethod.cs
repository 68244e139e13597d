using System.Text.Json;

namespace WsCluster.Gateway.ServerApi;

/// <summary>A method of the API. Stateless; reached by its own address, in a batch and at the old single address.</summary>
internal interface IApiMethod
{
    /// <summary>The name in addresses and batches.</summary>
    string Name { get; }

    /// <summary>
    /// Decodes the request, so that a batch with a broken command fails before its first command runs. The call itself
    /// may throw <see cref="WsClusterException"/>, which becomes the reply's error.
    /// </summary>
    /// <exception cref="JsonException">A member has the wrong type.</exception>
    ApiCall Decode(JsonElement request);
}

/// <summary>A decoded request, ready to run once.</summary>
internal delegate Task<ApiReply> ApiCall(CancellationToken cancellationToken);
