using System.Diagnostics;
using System.Globalization;
using WsCluster.Tests.Chaos.Check;
using WsCluster.Tests.Chaos.Cluster;
using WsCluster.Tests.Chaos.Faults;
using WsCluster.Tests.Chaos.Load;
using WsCluster.Tests.Chaos.Reporting;

namespace WsCluster.Tests.Chaos;

/// <summary>
/// One run: a cluster, load on it that never stops, one fault after the other, and the checker over everything that clients
/// saw. The report goes to the console and into artifacts.
/// </summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private static readonly TimeSpan PresencePatience = TimeSpan.FromSeconds(30);

    /// <summary>A silo that grows by more through one fault keeps something it should not.</summary>
    private const long MaxGrowthMiB = 256;

    private readonly RunPlan _plan;
    private readonly Random _random;
    private readonly ChaosCluster _cluster;
    private readonly Balancer _balancer;
    private readonly ChaosLoad _load;
    private readonly ApiReader _api;
    private readonly StateReader _states;
    private readonly Checker _checker = new(ChaosChannels.IsDurable);
    private readonly RunLog _log = new();
    private int _endsSeen;

    private ChaosRun(RunPlan plan, ChaosCluster cluster)
    {
        _plan = plan;
        _random = new Random(plan.Seed);
        _cluster = cluster;
        _balancer = new Balancer(() => [.. cluster.Gateways.Select(g => g.Address)]);
        _load = new ChaosLoad(plan.Load, ChaosCluster.ApiKey, _balancer, _random);
        _api = new ApiReader(_balancer, ChaosCluster.ApiKey);
        _states = new StateReader(_balancer);
    }

    /// <summary>Runs the plan; fails when an invariant did not hold.</summary>
    public static async Task ExecuteAsync(RunPlan plan)
    {
        await using var cluster = await ChaosCluster.StartAsync(plan.Silos, plan.Gateways);
        await using var run = new ChaosRun(plan, cluster);
        await run.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _load.DisposeAsync();
        _api.Dispose();
        await _balancer.DisposeAsync();
        _log.Dispose();
    }

    private async Task RunAsync()
    {
        _log.Write($"seed {_plan.Seed}; {_plan.Silos} silos, {_plan.Gateways} gateways, {_load.Clients.Count} connections on {_load.Channels.Open.Count} channels, "
            + $"{_plan.Load.HttpRate} + {_plan.Load.SocketRate} publications/s over HTTP and WebSocket, {_plan.Load.SetRate} atomic sets/s; silos in {(_cluster.Network is null ? "one network" : "network namespaces")}; machine: {Machine.Describe()}");
        await _load.StartAsync();
        _load.StartPublishing();
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(_plan.Quiet);
        Report("baseline", await RollCall.RunAsync(_load));
        var handles = CountHandles();
        foreach (var fault in _plan.Faults)
        {
            if (fault.AppliesTo(_cluster))
            {
                await RunRoundAsync(fault);
                await Task.Delay(_plan.Quiet);
            }
            else
            {
                _log.Write($"{fault.Name}: not possible on this machine");
            }
        }

        await _load.StopPublishingAsync();
        var published = Stopwatch.GetElapsedTime(start);
        await _cluster.WaitUntilWholeAsync();
        await _load.WaitForChurnersAsync();
        Report("after the run", await RollCall.RunAsync(_load));
        CheckHandles(handles);
        await _cluster.WaitUntilSetsAreCompleteAsync();
        Drain(_ => { });
        await ReadStatesAsync();
        var inboxes = await Task.WhenAll(ChaosChannels.Inboxes.Select(_api.ReadHistoryAsync));
        _checker.Finish([.. await Task.WhenAll(_load.Channels.Published.Select(_api.ReadHistoryAsync)), .. inboxes]);
        foreach (var look in await Task.WhenAll(ChaosChannels.Readers.Select(_api.ReadInboxAsync)))
        {
            _checker.Take(look);
        }

        _checker.Finish(ChaosChannels.Readers.ToDictionary(user => user, user => inboxes.Single(inbox => inbox.Channel == ChaosChannels.InboxOf(user))));
        _checker.Finish(await Task.WhenAll(_load.Channels.WithState.Select(_api.ReadStateHistoryAsync)));
        _log.Write(string.Create(CultureInfo.InvariantCulture,
            $"load held: {_checker.Acknowledged / published.TotalSeconds:0} acknowledged publications/s and {_checker.Deliveries / published.TotalSeconds:0} deliveries/s over {published.TotalSeconds:0} s; machine: {Machine.Describe()}"));
        Conclude();
    }

    private async Task RunRoundAsync(IFault fault)
    {
        foreach (var client in _load.Clients)
        {
            client.ResetInterruption();
        }

        Drain(_ => { });
        _load.Statistics.TakeLatencies();
        await using var memory = new MemoryWatch(_cluster);
        await using var presence = new PresenceWatch(_load, _api);
        var scene = new FaultScene(_cluster, _load, _random);
        _load.Visitors.Drain();
        await fault.RunAsync(scene);
        Report(fault.Name, await RollCall.RunAsync(_load));
        var caughtUp = Stopwatch.GetElapsedTime(scene.StruckAt);
        await ReadStatesAsync();
        await _cluster.WaitUntilWholeAsync();
        foreach (var reading in await presence.SettleAsync(PresencePatience))
        {
            _checker.Take(reading);
        }

        var disconnections = new List<Disconnection>();
        var publishes = Drain(disconnections.Add);
        CheckBystanders(fault, scene, disconnections);
        var visits = _load.Visitors.Drain();
        CheckAnswers(fault, scene, visits);
        var (silos, gateways) = await memory.FinishAsync();
        if (silos.After - silos.Before > MaxGrowthMiB)
        {
            _checker.Violations.Add(Invariant.Resources, $"{fault.Name}: a silo grew from {silos.Before} to {silos.After} MiB");
        }

        var ends = _cluster.UnexpectedEnds.Skip(_endsSeen).ToList();
        _endsSeen += ends.Count;
        _log.Write(new RoundReport(
            fault.Name,
            string.Join(", ", scene.Notes.Concat(ends)),
            Times.Of(_load.Clients.Select(c => c.BackAt).Where(at => at > scene.StruckAt).Select(at => Seconds(scene.StruckAt, at))),
            Times.Of(PublishOutages(publishes, scene.StruckAt)),
            Times.Of(presence.RightAfter(scene.StruckAt)),
            visits.Count,
            Times.Of(Waits(visits, scene.StruckAt)),
            caughtUp.TotalSeconds,
            disconnections.Count,
            disconnections.Count(d => d.IsOwnDecision),
            _load.Statistics.TakeLatencies(),
            silos,
            gateways,
            _checker.Violations.Count).ToString());
    }

    /// <summary>For each channel where a publication took long after the blow: when one that began after it was acknowledged.</summary>
    private static IEnumerable<double> PublishOutages(List<PublishRecord> publishes, long struckAt)
    {
        var longest = TimeSpan.FromMilliseconds(500);
        return publishes
            .Where(p => p.StartedAt >= struckAt && p.Line == 0)
            .GroupBy(p => p.Channel)
            .Where(channel => channel.Any(p => p.Outcome != PublishOutcome.Acknowledged || Stopwatch.GetElapsedTime(p.StartedAt, p.EndedAt) > longest))
            .Select(channel => channel.Where(p => p.Outcome == PublishOutcome.Acknowledged).Select(p => p.EndedAt).DefaultIfEmpty(long.MaxValue).Min())
            .Select(at => Seconds(struckAt, at));
    }

    /// <summary>For each question that was slow or not answered after the blow: when the next one who asked had the answer.</summary>
    private static IEnumerable<double> Waits(List<VisitRecord> visits, long struckAt)
    {
        var longest = TimeSpan.FromMilliseconds(500);
        foreach (var question in visits.Where(v => v.StartedAt >= struckAt).GroupBy(v => v.Question))
        {
            if (question.Where(v => !v.IsAnswered || Stopwatch.GetElapsedTime(v.StartedAt, v.EndedAt) > longest).MinBy(v => v.StartedAt) is { } first)
            {
                yield return Seconds(struckAt, question.Where(v => v.IsAnswered && v.StartedAt >= first.StartedAt).Select(v => v.EndedAt).DefaultIfEmpty(long.MaxValue).Min());
            }
        }
    }

    /// <summary>Invariant 11, in the second half of a fault.</summary>
    private void CheckAnswers(IFault fault, FaultScene scene, List<VisitRecord> visits)
    {
        if (!fault.KeepsAnswering)
        {
            return;
        }

        foreach (var question in AnswerCheck.Unanswered(visits, scene.StruckAt + ((scene.MendedAt - scene.StruckAt) / 2), scene.MendedAt))
        {
            _checker.Violations.Add(Invariant.Answers, $"{fault.Name}: nobody got an answer to {question}");
        }
    }

    /// <summary>
    /// Invariant 8: no server broke the connection of a client that nothing had happened to. A client that gave up on a command
    /// after 5 s is counted in the report only: on a busy machine that says little about the server.
    /// </summary>
    private void CheckBystanders(IFault fault, FaultScene scene, List<Disconnection> disconnections)
    {
        foreach (var disconnection in disconnections.Where(d => !scene.IsTouched(d.Gateway) && !d.IsOwnDecision))
        {
            _checker.Violations.Add(Invariant.Bystanders, $"{fault.Name}: {disconnection.Client} lost its connection to {disconnection.Gateway}: {disconnection.Reason}");
        }
    }

    /// <summary>Invariant 10, its part that is read while the load goes on.</summary>
    private async Task ReadStatesAsync()
    {
        foreach (var reading in await _states.ReadAsync(_load.Channels.WithState))
        {
            _checker.Take(reading);
        }
    }

    private List<PublishRecord> Drain(Action<Disconnection> disconnections)
    {
        _load.Drain(_checker, disconnections);
        var publishes = _load.Publishes.Drain();
        publishes.ForEach(_checker.Take);
        _load.Publishes.DrainSets().ForEach(_checker.Take);
        _load.Readers.Drain().ForEach(_checker.Take);
        return publishes;
    }

    private void Report(string when, IReadOnlyList<string> silent)
    {
        foreach (var who in silent)
        {
            _checker.Violations.Add(Invariant.NoSilentGap, $"{when}: no answer to the roll call from {who}");
        }
    }

    private (int Silos, int Gateways) CountHandles() =>
        (_cluster.Silos.Sum(m => m.Process.OpenHandles()), _cluster.Gateways.Sum(m => m.Process.OpenHandles()));

    /// <summary>Invariant 7: with the same clients connected there are as many files and sockets as before, give or take pools.</summary>
    private void CheckHandles((int Silos, int Gateways) before)
    {
        var after = CountHandles();
        _log.Write($"handles before/after: silos {before.Silos}/{after.Silos}, gateways {before.Gateways}/{after.Gateways}");
        foreach (var (who, old, now) in new[] { ("silos", before.Silos, after.Silos), ("gateways", before.Gateways, after.Gateways) })
        {
            if (now > (old * 1.25) + 200)
            {
                _checker.Violations.Add(Invariant.Resources, $"the {who} had {old} handles and have {now}");
            }
        }
    }

    private void Conclude()
    {
        foreach (var anomaly in _load.Statistics.Anomalies)
        {
            _checker.Violations.Add(Invariant.OnePayload, anomaly);
        }

        var violations = _checker.Violations;
        _log.Write(string.Create(CultureInfo.InvariantCulture,
            $"{_checker.Acknowledged} publications acknowledged, {_checker.Unknown} unknown, {_checker.Refused} refused, {_load.Publishes.Skipped} not tried; {_checker.WholeSets} atomic sets; {_checker.StateReadings} states read; {_checker.InboxAnswers} looks into inboxes; {_checker.Deliveries} deliveries; {_checker.AnnouncedGaps} announced losses (memory channels); {violations.Count} violations; seed {_plan.Seed}"));
        foreach (var violation in violations.Kept)
        {
            _log.Write($"VIOLATION {violation}");
        }

        Assert.True(violations.Count == 0, $"{violations.Count} violations with seed {_plan.Seed}, see {_log.Path}:\n{string.Join('\n', violations.Kept.Take(20))}");
    }

    private static double Seconds(long from, long to) => to == long.MaxValue ? double.PositiveInfinity : Stopwatch.GetElapsedTime(from, to).TotalSeconds;
}
