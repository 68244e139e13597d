using System.Net;
using Orleans;
using Orleans.Runtime;
using WsCluster.Grains.Hosting.Membership;

namespace WsCluster.Tests.Unit.Grains;

public sealed class PeerRowsTests
{
    private static readonly SiloAddress Self = SiloAddress.New(IPAddress.Loopback, 1, 7);
    private static readonly SiloAddress Peer = SiloAddress.New(IPAddress.Loopback, 2, 8);

    private readonly PeerRows _rows = new();

    [Fact]
    public void Judge_RowMissingThreeTimesInARow_IsLost()
    {
        Assert.Empty(Judge(Self));
        Assert.Empty(Judge(Self));
        Assert.Equal([Peer], Judge(Self));
    }

    [Fact]
    public void Judge_RowBackBetween_CountsAnew()
    {
        Judge(Self);
        Judge(Self);
        Assert.Empty(Judge(Self, Peer));
        Assert.Empty(Judge(Self));
        Assert.Empty(Judge(Self));
        Assert.Equal([Peer], Judge(Self));
    }

    [Fact]
    public void Judge_NoLongerTakenForAlive_IsNotLost()
    {
        Judge(Self);
        Judge(Self);

        Assert.Empty(_rows.Judge(Table(Self), [Self]));
    }

    private IReadOnlyList<SiloAddress> Judge(params SiloAddress[] rows) => _rows.Judge(Table(rows), [Self, Peer]);

    private static MembershipTableData Table(params SiloAddress[] rows) => new(
        [.. rows.Select(row => Tuple.Create(new MembershipEntry { SiloAddress = row, Status = SiloStatus.Active }, "4"))],
        new TableVersion(4, "4"));
}
