using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Tests.Targets;

public sealed class ProcessUsageTests
{
    [Fact]
    public void Cpu_time_is_user_plus_system_whatever_the_name_holds()
    {
        const string stat = "42 (a (strange) name) S 1 42 42 0 -1 4194560 500 0 0 0 1234 66 7 8 20 0 12 0 999 1000000 2000 18446744073709551615";
        Assert.Equal(13.0, ProcessUsage.ParseCpuSeconds(stat));
    }

    [Fact]
    public void Resident_memory_is_read_in_mebibytes() =>
        Assert.Equal(200, ProcessUsage.ParseResidentMiB(["Name:\tdotnet", "VmHWM:\t  999999 kB", "VmRSS:\t  204800 kB"]));

    [Fact]
    public void This_process_uses_cpu_and_its_threads_have_names()
    {
        var before = ProcessUsage.CpuSeconds(Environment.ProcessId);
        var spun = 0L;
        using var spinning = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        while (!spinning.IsCancellationRequested)
        {
            spun++;
        }

        Assert.True(spun > 0 && ProcessUsage.CpuSeconds(Environment.ProcessId) > before);
        Assert.Contains(ProcessUsage.CpuSecondsByThread(Environment.ProcessId), thread => thread.Value > 0);
    }
}
