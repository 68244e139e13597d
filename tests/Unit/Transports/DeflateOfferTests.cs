using WsCluster.Gateway.Transports.Deflate;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>Which offers of permessage-deflate are taken (RFC 7692 §7.1), and how.</summary>
public sealed class DeflateOfferTests
{
    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits", Plain)]
    [InlineData("permessage-deflate;client_max_window_bits=9", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits=\"15\"", Plain)]
    [InlineData("permessage-deflate; server_no_context_takeover; client_no_context_takeover", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits=15", Plain + "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", Plain)] // the second best
    [InlineData("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits", Plain)]
    public void TryAccept_OfferThatCanBeMet_IsAnswered(string offer, string expected)
    {
        Assert.True(DeflateOffer.TryAccept(offer, out var answer));
        Assert.Equal(expected, answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("x-permessage-deflate")]
    [InlineData("permessage-deflate-2")]
    [InlineData("permessage-deflate; server_max_window_bits=8")] // we have no smaller window
    [InlineData("permessage-deflate; server_max_window_bits=14")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=")]
    [InlineData("permessage-deflate; server_max_window_bits=\"")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=015")]
    [InlineData("permessage-deflate; server_max_window_bits=+15")]
    [InlineData("permessage-deflate; server_max_window_bits=99999999999")]
    [InlineData("permessage-deflate; client_max_window_bits=0")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=-9")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=9")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; no_such_parameter")]
    [InlineData("permessage-deflate;")]
    [InlineData(";;,,;=,")]
    public void TryAccept_AnythingElse_IsDeclined(string offer) => Assert.False(DeflateOffer.TryAccept(offer, out _));
}
