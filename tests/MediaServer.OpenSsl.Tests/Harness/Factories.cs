namespace MediaServer.OpenSsl.Tests.Harness;

/// <summary>Two certificates for a class of tests.</summary>
public sealed class Factories : IDisposable
{
    public OpenSslDtlsSessionFactory Clients { get; } = new();

    public OpenSslDtlsSessionFactory Servers { get; } = new();

    public void Dispose()
    {
        Clients.Dispose();
        Servers.Dispose();
    }
}
