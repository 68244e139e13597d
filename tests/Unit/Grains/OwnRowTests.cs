using System.Net;
using Orleans;
using Orleans.Runtime;
using WsCluster.Grains.Hosting.Membership;

namespace WsCluster.Tests.Unit.Grains;

public sealed class OwnRowTests
{
    private static readonly SiloAddress Self = SiloAddress.New(IPAddress.Loopback, 1, 7);
    private static readonly SiloAddress Other = SiloAddress.New(IPAddress.Loopback, 2, 8);

    private readonly OwnRow _row = new(Self);

    [Fact]
    public void Judge_RowThere_IsNotLost()
    {
        Assert.Null(_row.Judge(Table(4, (Self, SiloStatus.Active))));
        Assert.Null(_row.Judge(Table(9, (Self, SiloStatus.Active), (Other, SiloStatus.Active))));
    }

    [Fact]
    public void Judge_RowMissingTwiceInARow_IsLost()
    {
        _row.Judge(Table(4, (Self, SiloStatus.Active)));

        Assert.Null(_row.Judge(Table(5, (Other, SiloStatus.Active))));
        Assert.Null(_row.Judge(Table(5, (Self, SiloStatus.Active))));
        Assert.Null(_row.Judge(Table(6, (Other, SiloStatus.Active))));
        Assert.Equal("the row of this silo is gone", _row.Judge(Table(6, (Other, SiloStatus.Active))));
    }

    [Fact]
    public void Judge_NoTable_IsLost()
    {
        _row.Judge(Table(4, (Self, SiloStatus.Active)));

        Assert.Null(_row.Judge(null));
        Assert.Equal("the table is gone", _row.Judge(null));
    }

    [Fact]
    public void Judge_RowInATableYoungerThanTheJoining_IsLost()
    {
        _row.Judge(Table(4, (Self, SiloStatus.Active)));
        var anew = Table(2, (Self, SiloStatus.Active), (Other, SiloStatus.Active));

        Assert.Null(_row.Judge(anew));
        Assert.Equal("the table has begun anew (version 2, joined at 4)", _row.Judge(anew));
    }

    [Fact]
    public void Judge_BeforeTheSiloIsActive_SaysNothing()
    {
        Assert.Null(_row.Judge(null));
        Assert.Null(_row.Judge(Table(1)));
        Assert.Null(_row.Judge(Table(2, (Self, SiloStatus.Joining))));
        Assert.Null(_row.Judge(Table(1)));
    }

    [Fact]
    public void Judge_RowSaysDead_IsLeftToOrleans()
    {
        _row.Judge(Table(4, (Self, SiloStatus.Active)));

        Assert.Null(_row.Judge(Table(5, (Self, SiloStatus.Dead))));
        Assert.Null(_row.Judge(Table(5, (Self, SiloStatus.Dead))));
    }

    private static MembershipTableData Table(int version, params (SiloAddress Silo, SiloStatus Status)[] rows) => new(
        [.. rows.Select(row => Tuple.Create(new MembershipEntry { SiloAddress = row.Silo, Status = row.Status }, $"{version}"))],
        new TableVersion(version, $"{version}"));
}
