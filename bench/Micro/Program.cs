using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace WsCluster.Bench.Micro;

/// <summary>dotnet run -c Release --project bench/Micro -- --filter '*'</summary>
internal static class Benchmarks
{
    private static void Main(string[] args)
    {
        // In this process: the product's internals are visible to this assembly only, and nothing has to be built a second time.
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath("artifacts/bench/micro")
            .HideColumns(Column.Error, Column.StdDev, Column.Median, Column.RatioSD);
        BenchmarkSwitcher.FromAssembly(typeof(Benchmarks).Assembly).Run(args, config);
    }
}
