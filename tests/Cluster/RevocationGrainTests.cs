using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

/// <summary>Revocations of a cluster without Redis. The grain is one for all tests: each has users of its own.</summary>
[Collection(nameof(SharedCluster))]
public sealed class RevocationGrainTests(SiloCluster cluster)
{
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    private IRevocationGrain Revocations => cluster.Client.GetGrain<IRevocationGrain>(IRevocationGrain.Key);

    [Fact]
    public async Task Revoke_User_IsReadWithItsTimes()
    {
        var before = DateTimeOffset.UtcNow;
        await Revocations.RevokeAsync(new Revocation { User = _user });

        var revocation = Assert.Single(await ReadMineAsync());
        Assert.InRange(revocation.IssuedBefore!.Value, before.AddMinutes(-1), before.AddMinutes(1));
        Assert.InRange(revocation.KeepUntil!.Value, before.AddDays(6), before.AddDays(8));
    }

    [Fact]
    public async Task Revoke_Session_ConcernsItsTokensWheneverTheyWereIssued()
    {
        await Revocations.RevokeAsync(new Revocation { User = _user, Session = "s" });

        Assert.Equal(DateTimeOffset.MaxValue, Assert.Single(await ReadMineAsync()).IssuedBefore);
    }

    [Fact]
    public async Task Read_AfterTheLast_GivesWhatIsNew()
    {
        await Revocations.RevokeAsync(new Revocation { User = _user });
        var page = await Revocations.ReadAsync(Guid.Empty, 0);
        Assert.DoesNotContain((await Revocations.ReadAsync(page.Log, page.Last)).Revocations, r => r.User == _user);

        await Revocations.RevokeAsync(new Revocation { User = _user, Channel = "c" });

        var next = await Revocations.ReadAsync(page.Log, page.Last);
        Assert.Equal(page.Log, next.Log);
        Assert.Equal("c", Assert.Single(next.Revocations, r => r.User == _user).Channel);
    }

    [Fact]
    public async Task Revoke_NothingNamed_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<WsClusterException>(() => Revocations.RevokeAsync(new Revocation()));
        Assert.Equal(ErrorCode.BadRequest, refused.Code);

        var tooLong = await Assert.ThrowsAsync<WsClusterException>(() => Revocations.RevokeAsync(new Revocation { User = new string('u', 1025) }));
        Assert.Equal(ErrorCode.BadRequest, tooLong.Code);
    }

    [Fact]
    public async Task Revoke_AlreadyOver_IsNotKept()
    {
        await Revocations.RevokeAsync(new Revocation { User = _user, KeepUntil = DateTimeOffset.UtcNow.AddMinutes(-1) });

        Assert.Empty(await ReadMineAsync());
    }

    private async Task<List<Revocation>> ReadMineAsync()
    {
        var all = new List<Revocation>();
        var page = await Revocations.ReadAsync(Guid.Empty, 0);
        all.AddRange(page.Revocations);
        while (page.HasMore)
        {
            page = await Revocations.ReadAsync(page.Log, page.Last);
            all.AddRange(page.Revocations);
        }

        return [.. all.Where(r => r.User == _user)];
    }
}
