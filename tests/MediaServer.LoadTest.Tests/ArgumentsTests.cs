using System.Diagnostics;

namespace MediaServer.LoadTest.Tests;

/// <summary>The program as scripts call it.</summary>
public sealed class ArgumentsTests
{
    [Theory]
    [InlineData("--seconds must be 1-86400, not 0", "fanout", "--seconds", "0")]
    [InlineData("--nonsense", "audio", "--nonsense")]
    [InlineData("'nobody'", "flood", "--target", "nobody")]
    [InlineData("'many'", "meeting", "--participants", "many")]
    [InlineData("--sizes must be numbers", "scale", "--sizes", "100,x")]
    [InlineData("command", "nothing")]
    public async Task Bad_arguments_are_told_and_end_with_code_2(string told, params string[] arguments)
    {
        var (code, output, errors) = await Run(arguments);
        Assert.Equal(2, code);
        Assert.Contains(told, errors, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_in_a_sentence()
    {
        var (code, output, errors) = await Run("fanout", "--server", "/nowhere/MediaServer.Server.dll");
        Assert.Equal(1, code);
        Assert.Contains("There is no server to test at /nowhere", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public void Sizes_are_numbers_with_commas()
    {
        Assert.Equal([100, 500], LoadTestArguments.ParseSizes("100,500"));
        Assert.Null(LoadTestArguments.ParseSizes("100,,500"));
        Assert.Null(LoadTestArguments.ParseSizes("4"));
    }

    private static async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "MediaServer.LoadTest.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await errors);
    }
}
