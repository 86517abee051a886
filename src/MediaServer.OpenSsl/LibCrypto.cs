using System.Runtime.InteropServices;

namespace MediaServer.OpenSsl;

/// <summary>The functions of libcrypto 3 that DTLS over memory BIOs needs. Names as in OpenSSL.</summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    public const int BioCtrlReset = 1;

    [LibraryImport(Library)]
    public static partial nint BIO_s_mem();

    [LibraryImport(Library)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Library)]
    public static partial int BIO_write(nint bio, byte* data, int length);

    [LibraryImport(Library)]
    public static partial int BIO_read(nint bio, byte* data, int length);

    [LibraryImport(Library)]
    public static partial nuint BIO_ctrl_pending(nint bio);

    [LibraryImport(Library)]
    public static partial nint BIO_ctrl(nint bio, int command, nint number, nint pointer);

    [LibraryImport(Library)]
    public static partial nint d2i_X509(nint target, byte** data, nint length);

    [LibraryImport(Library)]
    public static partial int i2d_X509(nint x509, byte** output);

    [LibraryImport(Library)]
    public static partial void X509_free(nint x509);

    [LibraryImport(Library)]
    public static partial nint d2i_AutoPrivateKey(nint target, byte** data, nint length);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    public static partial void ERR_clear_error();
}
