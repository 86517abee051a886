using ContractGenerator;

namespace MediaServer.Server.Tests;

public sealed class ContractDriftTests
{
    [Fact]
    public void The_web_clients_types_are_those_of_the_hub()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "MediaServer.sln")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        Assert.Equal(TypeScriptContracts.Generate(), File.ReadAllText(Path.Combine(directory, "src/web/src/core/contracts.ts")));
    }
}
