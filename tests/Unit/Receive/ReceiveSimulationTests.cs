using System.Globalization;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>
/// Random schedules of the receive path on real threads; tests/Simulation has many more of the whole cluster, on one. A failure names its seed: run it again with
/// <c>WSCLUSTER_SEED=n</c>, which repeats that one many times.
/// </summary>
public sealed class ReceiveSimulationTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Receive_RandomSchedules_NobodySeesAFault()
    {
        const int Schedules = 1000;
        var replay = Environment.GetEnvironmentVariable("WSCLUSTER_SEED");
        var first = replay is null ? Random.Shared.Next(1_000_000_000) : int.Parse(replay, CultureInfo.InvariantCulture);
        var (start, ran) = (Environment.TickCount64, 0);
        for (var i = 0; i < Schedules && Environment.TickCount64 - start < Budget.TotalMilliseconds; i++)
        {
            var seed = replay is null ? first + i : first;
            using var simulation = new ReceiveSimulation(seed);
            string? fault;
            try
            {
                fault = await simulation.RunAsync();
            }
            catch (TimeoutException e)
            {
                fault = e.Message;
            }

            ran++;
            Assert.True(fault is null, $"WSCLUSTER_SEED={seed} (schedule {i}): {fault}");
        }

        TestContext.Current.SendDiagnosticMessage($"{ran} schedules in {Environment.TickCount64 - start} ms");
    }
}
