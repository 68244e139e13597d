using System.Security.Cryptography;
using System.Text;

namespace WsCluster.Load;

/// <summary>
/// Says which publication goes where. A publisher goes through the channels in turn, starting at a place of its own, so
/// that its number and count in a publication tell everything a subscriber has to check.
/// </summary>
internal sealed class LoadPlan
{
    private readonly LoadOptions _options;
    private readonly byte[][] _names;

    public LoadPlan(LoadOptions options)
    {
        _options = options;
        // Names of its own for every run: what an earlier one left in flight cannot be taken for ours.
        var run = RandomNumberGenerator.GetHexString(6, lowercase: true);
        _names = [.. Enumerable.Range(0, options.Channels).Select(c => Encoding.ASCII.GetBytes($"{options.ChannelPrefix}{run}-{c}"))];
    }

    public ReadOnlyMemory<byte> NameOf(int channel) => _names[channel];

    /// <summary>The channel of a publisher's publication; both count from 0.</summary>
    public int ChannelOf(int publisher, long publication) =>
        (int)((FirstChannelOf(publisher) + publication) % _options.Channels);

    /// <summary>How many publications the publisher sent to the same channel before this one.</summary>
    public long PlaceInChannel(long publication) => publication / _options.Channels;

    /// <summary>The inverse of the two above.</summary>
    public long PublicationAt(int publisher, int channel, long place) => (place * _options.Channels) + FirstVisit(publisher, channel);

    /// <summary>How many of a publisher's first publications went to a channel.</summary>
    public long CountInChannel(int publisher, int channel, long published)
    {
        var first = FirstVisit(publisher, channel);
        return published <= first ? 0 : ((published - first - 1) / _options.Channels) + 1;
    }

    public int ChannelOfSubscriber(int subscriber) => subscriber % _options.Channels;

    public int SubscribersOf(int channel) =>
        (_options.Connections / _options.Channels) + (channel < _options.Connections % _options.Channels ? 1 : 0);

    /// <summary>The subscribers of a channel are spread over the gateways too.</summary>
    public Uri UrlOfSubscriber(int subscriber) =>
        _options.Urls[((subscriber / _options.Channels) + (subscriber % _options.Channels)) % _options.Urls.Count];

    /// <summary>The part of the window that belongs to a publisher.</summary>
    public int WindowOf(int publisher) =>
        (_options.Window / _options.Publishers) + (publisher < _options.Window % _options.Publishers ? 1 : 0);

    private int FirstChannelOf(int publisher) => (int)((long)publisher * _options.Channels / _options.Publishers);

    private int FirstVisit(int publisher, int channel) =>
        (channel - FirstChannelOf(publisher) + _options.Channels) % _options.Channels;
}
