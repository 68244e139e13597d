using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Gateway.ServerApi;

/// <summary>The checks that every method makes of its channel first (protocol §22).</summary>
internal sealed class ApiChannels(IOptionsMonitor<ChannelNamespaces> namespaces)
{
    /// <summary>Finds a channel's options; an empty name is a bad request, an unknown namespace an unknown channel.</summary>
    public bool TryFind([NotNullWhen(true)] string? channel, [NotNullWhen(true)] out ChannelOptions? options, out ErrorCode error)
    {
        options = null;
        error = ErrorCode.BadRequest;
        if (string.IsNullOrEmpty(channel))
        {
            return false;
        }

        options = namespaces.CurrentValue.Find(channel);
        error = options is null ? ErrorCode.UnknownChannel : ErrorCode.None;
        return options is not null;
    }
}
