using WsCluster.Configuration;

namespace WsCluster.Grains.History;

/// <summary>From what is asked for to what is published.</summary>
internal static class PublishRequestExtensions
{
    /// <summary>The publication at an offset; 0 outside of history.</summary>
    public static Publication ToPublication(this PublishRequest request, ulong offset, ChannelOptions options) => new()
    {
        Offset = offset,
        Data = request.Data,
        Info = request.Info,
        Tags = request.Tags,
        Delta = request.Delta || options.DeltaPublish,
        Trace = request.Trace,
    };
}
