using ContractGenerator;

// usage: ContractGenerator [--check] FILE
// Writes the TypeScript types of the hub's contract to FILE, or with --check fails when FILE differs.
var check = args.Contains("--check");
var file = args.LastOrDefault(a => a != "--check");
if (file is null)
{
    Console.Error.WriteLine("usage: ContractGenerator [--check] FILE");
    return 2;
}

var wanted = TypeScriptContracts.Generate();
if (!check)
{
    File.WriteAllText(file, wanted);
    return 0;
}

if (File.Exists(file) && File.ReadAllText(file) == wanted)
{
    return 0;
}

Console.Error.WriteLine($"error: {file} does not match src/MediaServer.Contracts. Run: dotnet run --project tools/ContractGenerator -- src/web/src/core/contracts.ts");
return 1;
