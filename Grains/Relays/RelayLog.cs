using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Relays;

internal static partial class RelayLog
{
    [LoggerMessage(1901, LogLevel.Information, "Channel {Channel} is hot, with {Gateways} gateways: the relays of the silos take them over.", EventName = "ChannelPromoted")]
    public static partial void Promoted(ILogger logger, string channel, int gateways);

    [LoggerMessage(1902, LogLevel.Information, "Channel {Channel} is quiet and delivers to its {Gateways} gateways itself again.", EventName = "ChannelDemoted")]
    public static partial void Demoted(ILogger logger, string channel, int gateways);

    [LoggerMessage(1903, LogLevel.Warning, "Channel {Channel} gives up the relay of silo {SiloId}: its {Gateways} gateways subscribe again.", EventName = "RelayGivenUp")]
    public static partial void GivenUp(ILogger logger, string channel, string siloId, int gateways);

    [LoggerMessage(1904, LogLevel.Warning, "The relay of silo {SiloId} cannot be used: {Reason}.", EventName = "RelayUnreachable")]
    public static partial void Unreachable(ILogger logger, string siloId, string reason);

    [LoggerMessage(1905, LogLevel.Warning, "What silo {SiloId} relays by this one is dropped ({Reason}): {Channels} channels.", EventName = "RelayDropped")]
    public static partial void Dropped(ILogger logger, string siloId, string reason, int channels);

    [LoggerMessage(1906, LogLevel.Information, "Silo {SiloId} does not say that its relay is empty; it is not waited for: {Reason}", EventName = "RelayNotEmptied")]
    public static partial void NotEmptied(ILogger logger, string siloId, string reason);

    [LoggerMessage(1907, LogLevel.Information, "Relays were not empty in time; a channel without history may lose what they hold.", EventName = "RelaysNotEmptied")]
    public static partial void NotEmptiedInTime(ILogger logger);
}
