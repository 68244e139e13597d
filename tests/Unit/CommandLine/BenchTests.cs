using System.Diagnostics;
using System.Text.Json;
using WsCluster.Gateway.CommandLine;

namespace WsCluster.Tests.Unit.CommandLine;

/// <summary>What a load run measures with.</summary>
public sealed class BenchTests
{
    [Theory, InlineData(32), InlineData(128), InlineData(5000)]
    public void Payload_HasItsSizeAndIsJsonAndKnowsItsAge(int bytes)
    {
        var dueAt = Stopwatch.GetTimestamp();

        var payload = BenchPayload.Write(dueAt, bytes);

        using var json = JsonDocument.Parse(payload);
        Assert.InRange(payload.Length, bytes, Math.Max(bytes, 40));
        Assert.Equal(TimeSpan.FromSeconds(2), BenchPayload.AgeOf(payload, dueAt + (2 * Stopwatch.Frequency)));
    }

    [Theory, InlineData("{}"), InlineData("{\"t\":\"soon\"}"), InlineData("")]
    public void AgeOf_SomebodyElsesMessage_IsNull(string data) =>
        Assert.Null(BenchPayload.AgeOf(System.Text.Encoding.UTF8.GetBytes(data), Stopwatch.GetTimestamp()));

    [Fact]
    public void Recorder_Percentiles_AreWithinTwoPercent()
    {
        var recorder = new LatencyRecorder();
        for (var i = 1; i <= 1000; i++)
        {
            recorder.Add(TimeSpan.FromMilliseconds(i));
        }

        Assert.InRange(recorder.At(0.5).TotalMilliseconds, 500, 510);
        Assert.InRange(recorder.At(0.99).TotalMilliseconds, 990, 1010);
        Assert.InRange(recorder.At(1).TotalMilliseconds, 1000, 1020);
        Assert.Equal(1000, recorder.Count);
    }

    [Fact]
    public void Recorder_OutOfRange_IsKeptAtTheEnds()
    {
        var recorder = new LatencyRecorder();
        recorder.Add(TimeSpan.FromSeconds(-1));
        recorder.Add(TimeSpan.FromHours(1));

        Assert.InRange(recorder.At(0.5).TotalMicroseconds, 0, 1);
        Assert.InRange(recorder.At(1).TotalMinutes, 1.9, 2.1);
    }
}
