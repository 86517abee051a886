using System.IO.Pipelines;
using System.Runtime.InteropServices;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets.Tcp;

internal enum ReadResult
{
    /// <summary>Wait for more.</summary>
    Open,

    /// <summary>The peer has closed, or the connection broke.</summary>
    Closed,

    /// <summary>The peer does not speak RFC 4571.</summary>
    Malformed,
}

/// <summary>
/// One accepted connection: what came of the frame that is under way, and what waits to go out. The object is used again for a later
/// connection, so that coming and going allocates nothing in the long run.
/// </summary>
internal sealed unsafe class TcpConnection
{
    /// <summary>As with UDP, see <see cref="UdpPort.BufferSize"/>.</summary>
    public const int MaxFrame = UdpPort.BufferSize;

    private readonly Pipe _received;
    private int _descriptor = -1;

    public TcpConnection(int slot, BlockPool blocks, ChunkPool chunks)
    {
        Slot = slot;
        Outbox = new TcpOutbox(chunks);
        _received = new Pipe(new PipeOptions(
            blocks, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0,
            minimumSegmentSize: BlockPool.BlockSize, useSynchronizationContext: false));
    }

    /// <summary>The place in the table; also its token in the <see cref="ReadySet"/>.</summary>
    public int Slot { get; }

    public TransportAddress Address { get; private set; }

    public int Descriptor => _descriptor;

    public TcpOutbox Outbox { get; }

    public bool IsOpen => _descriptor >= 0;

    /// <summary>A valid check came over it, and its transport is there.</summary>
    public bool IsAuthenticated { get; set; }

    /// <summary>Waits for the kernel to take more.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Broken; is closed at the next opportunity, for the router may be in the midst of writing.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Is in the list of those to be written to.</summary>
    public bool IsDirty { get; set; }

    /// <summary>What the router was told last.</summary>
    public bool ToldCongested { get; set; }

    /// <summary>When it is closed unless it is authenticated before.</summary>
    public MonotonicTime Deadline { get; set; }

    /// <summary>Neighbours in the list of connections that are not authenticated, by deadline.</summary>
    public TcpConnection? Previous { get; set; }

    public TcpConnection? Next { get; set; }

    public void Open(int descriptor, in TransportAddress address)
    {
        _descriptor = descriptor;
        Address = address;
    }

    /// <summary>Reads once, one block at most, so that a busy peer does not keep the shard from the others, and hands out the frames that are complete.</summary>
    public ReadResult Read(IDatagramReceiver receiver, byte* frame, ref long bytes)
    {
        var span = _received.Writer.GetSpan(Rfc4571Framing.PrefixLength + MaxFrame);
        nint length;
        fixed (byte* target = span)
        {
            length = LibC.recv(_descriptor, target, (nuint)span.Length, LibC.MsgDontwait);
        }

        var error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
        _received.Writer.Advance(Math.Max(0, (int)length));
        Publish();
        if (length <= 0)
        {
            return error is LibC.Eagain or LibC.Eintr ? ReadResult.Open : ReadResult.Closed;
        }

        bytes += length;
        return HandOut(receiver, new Span<byte>(frame, MaxFrame));
    }

    /// <summary>Sends what the kernel takes. True when <see cref="IsBlocked"/> has changed.</summary>
    public bool Write(ref long bytes, ref long datagrams)
    {
        var wasBlocked = IsBlocked;
        var result = Outbox.Write(_descriptor, ref bytes, ref datagrams);
        IsBlocked = result == WriteResult.Blocked;
        HasFailed = result == WriteResult.Failed;
        return IsBlocked != wasBlocked;
    }

    /// <summary>Afterwards the object can be opened anew.</summary>
    public void Close()
    {
        LibC.close(_descriptor);
        _descriptor = -1;
        Address = default;
        IsAuthenticated = false;
        IsBlocked = false;
        HasFailed = false;
        ToldCongested = false;
        Outbox.Clear();
        _received.Writer.Complete();
        _received.Reader.Complete();
        _received.Reset();
    }

    /// <summary>Without a threshold the pipe never makes its writer wait.</summary>
    private void Publish()
    {
        var flush = _received.Writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("the pipe waits for its reader");
        }
    }

    private ReadResult HandOut(IDatagramReceiver receiver, Span<byte> frame)
    {
        if (!_received.Reader.TryRead(out var read))
        {
            return ReadResult.Open;
        }

        var stream = read.Buffer;
        FrameVerdict verdict;
        while ((verdict = Rfc4571Framing.TryTake(ref stream, frame, out var length)) == FrameVerdict.Frame)
        {
            receiver.OnDatagram(Address, frame[..length]);
        }

        _received.Reader.AdvanceTo(stream.Start, stream.End);
        return verdict == FrameVerdict.TooLong ? ReadResult.Malformed : ReadResult.Open;
    }
}
