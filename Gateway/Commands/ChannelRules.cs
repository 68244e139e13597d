using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Limits;

namespace WsCluster.Gateway.Commands;

/// <summary>Which channel names clients may use (protocol §20), and the options that go with them.</summary>
internal sealed class ChannelRules(
    IOptionsMonitor<ChannelNamespaces> namespaces, IOptionsMonitor<GatewayOptions> options, GatewayMetrics metrics)
{
    /// <summary>A client chooses the name, so a bad expression must not take the gateway's time.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Regex> _expressions = new(StringComparer.Ordinal);

    /// <summary>The options of a channel's namespace, or why a client may not use the name.</summary>
    public ErrorCode Check(string channel, out ChannelOptions? channelOptions)
    {
        channelOptions = null;
        if (Encoding.UTF8.GetByteCount(channel) > options.CurrentValue.MaxChannelLength)
        {
            metrics.LimitHit(GatewayLimit.ChannelLength);
            return ErrorCode.BadRequest;
        }

        channelOptions = namespaces.CurrentValue.Find(channel);
        if (channelOptions is null)
        {
            return ErrorCode.UnknownChannel;
        }

        return IsAcceptable(channel, channelOptions) ? ErrorCode.None : ErrorCode.BadRequest;
    }

    private bool IsAcceptable(string channel, ChannelOptions channelOptions)
    {
        if (channelOptions.ChannelRegex.Length == 0)
        {
            return Ascii.IsValid(channel);
        }

        try
        {
            var expression = _expressions.GetOrAdd(
                channelOptions.ChannelRegex, static e => new Regex(e, RegexOptions.CultureInvariant, MatchTimeout));
            return expression.IsMatch(ChannelName.RestOf(channel));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
