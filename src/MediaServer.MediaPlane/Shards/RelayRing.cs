using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MediaServer.MediaPlane.Shards;

/// <summary>
/// A bounded queue of records between two threads: one writes, one reads, no lock and no allocation. A record is a length (4 bytes) and its
/// bytes, all in one piece, aligned to 8. Positions only grow; their lower bits are the place in the buffer. What has been written becomes
/// visible with <see cref="Publish"/>, so that the reader's cache line moves once per flush and not once per record.
/// </summary>
internal sealed class RelayRing
{
    private const int LengthBytes = 4;
    private const int Alignment = 8;

    /// <summary>In place of a length: the rest of the buffer is not used, go on at its start.</summary>
    private const int Wrap = -1;

    private readonly byte[] _buffer;
    private readonly int _mask;
    private readonly int _droppableLimit;
    private Positions _writer;
    private Positions _reader;

    /// <param name="capacity">Bytes, a power of two.</param>
    public RelayRing(int capacity)
    {
        if (capacity < 4096 || (capacity & (capacity - 1)) != 0)
        {
            throw new ArgumentException($"The ring's capacity must be a power of two of at least 4096, not {capacity}", nameof(capacity));
        }

        _buffer = GC.AllocateUninitializedArray<byte>(capacity);
        _mask = capacity - 1;
        _droppableLimit = capacity / 4 * 3;
    }

    /// <summary>
    /// Writer: room for a record; empty when there is none. What is <paramref name="droppable"/> may fill three quarters of the ring. A
    /// reservation that is not committed is void.
    /// </summary>
    public Span<byte> Reserve(int length, bool droppable)
    {
        var size = SizeOf(length);
        var place = (int)_writer.Own & _mask;
        var skipped = place + size > _buffer.Length ? _buffer.Length - place : 0;
        var needed = _writer.Own + skipped + size;
        var limit = droppable ? _droppableLimit : _buffer.Length;
        if (needed - _writer.Other > limit)
        {
            _writer.Other = Volatile.Read(ref _reader.Shared);
            if (needed - _writer.Other > limit)
            {
                return default;
            }
        }

        if (skipped > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(place), Wrap);
            _writer.Own += skipped;
            place = 0;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(place), length);
        return _buffer.AsSpan(place + LengthBytes, length);
    }

    /// <summary>Writer: the reserved record of this length is complete.</summary>
    public void Commit(int length) => _writer.Own += SizeOf(length);

    /// <summary>Writer: lets the reader see everything that is complete.</summary>
    public void Publish() => Volatile.Write(ref _writer.Shared, _writer.Own);

    /// <summary>Reader: how far there is something to read now.</summary>
    public long Observe() => Volatile.Read(ref _writer.Shared);

    /// <summary>Reader: the next record before <paramref name="limit"/>, which stays where it is until <see cref="Release"/>.</summary>
    public bool TryRead(long limit, out ReadOnlySpan<byte> record)
    {
        while (_reader.Own < limit)
        {
            var place = (int)_reader.Own & _mask;
            var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(place));
            if (length != Wrap)
            {
                record = _buffer.AsSpan(place + LengthBytes, length);
                _reader.Own += SizeOf(length);
                return true;
            }

            _reader.Own += _buffer.Length - place;
        }

        record = default;
        return false;
    }

    /// <summary>Reader: the writer may overwrite what has been read.</summary>
    public void Release()
    {
        if (_reader.Shared != _reader.Own)
        {
            Volatile.Write(ref _reader.Shared, _reader.Own);
        }
    }

    private static int SizeOf(int length) => (LengthBytes + length + Alignment - 1) & ~(Alignment - 1);

    /// <summary>One side's positions, kept away from the other's cache lines: its own, the one that the other side sees, and what it last saw of the other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 320)]
    private struct Positions
    {
        [FieldOffset(128)]
        public long Own;

        [FieldOffset(136)]
        public long Other;

        [FieldOffset(256)]
        public long Shared;
    }
}
