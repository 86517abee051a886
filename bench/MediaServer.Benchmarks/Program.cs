using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

// Many short iterations: on a machine that others use too some of them are undisturbed, so that the minimum and the median tell more than a mean.
// In this process: nothing is built first.
var job = Job.Default.WithWarmupCount(5).WithIterationCount(40).WithIterationTime(TimeInterval.FromMilliseconds(5)).WithId("Short")
    .WithToolchain(InProcessEmitToolchain.Instance);

var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Min, StatisticColumn.Median)
    .HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Job, Column.Toolchain, Column.UnrollFactor, Column.InvocationCount, Column.IterationCount, Column.WarmupCount)
    .WithOptions(ConfigOptions.DisableLogFile);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
