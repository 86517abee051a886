using System.Collections.Concurrent;
using MediaServer.Forwarding.Commands;
using MediaServer.MediaPlane.Native;

namespace MediaServer.MediaPlane.Shards;

/// <summary>Commands from any thread to a shard, in the order of posting. An eventfd wakes the shard out of its poll.</summary>
internal sealed unsafe class ShardMailbox : IDisposable
{
    private readonly ConcurrentQueue<MediaCommand> _commands = new();
    private readonly Lock _closing = new();
    private int _signalled;
    private bool _closed;

    public ShardMailbox()
    {
        Descriptor = LibC.eventfd(0, LibC.EfdNonblock | LibC.EfdCloexec);
        if (Descriptor < 0)
        {
            throw new InvalidOperationException("eventfd failed");
        }
    }

    /// <summary>Readable when there is something to do.</summary>
    public int Descriptor { get; }

    public int Depth => _commands.Count;

    public void Post(MediaCommand command)
    {
        _commands.Enqueue(command);
        Wake();
    }

    public void Wake()
    {
        // One write is enough until the shard has looked.
        if (Interlocked.Exchange(ref _signalled, 1) != 0)
        {
            return;
        }

        lock (_closing)
        {
            if (!_closed)
            {
                ulong one = 1;
                LibC.write(Descriptor, &one, sizeof(ulong));
            }
        }
    }

    /// <summary>Shard's side: clears the signal, before draining.</summary>
    public void Acknowledge()
    {
        ulong count;
        LibC.read(Descriptor, &count, sizeof(ulong));

        // A full fence: the look into the queue that follows must not move before it, or a command posted in between would wake nobody.
        Interlocked.Exchange(ref _signalled, 0);
    }

    public bool TryTake(out MediaCommand? command) => _commands.TryDequeue(out command);

    public void Dispose()
    {
        lock (_closing)
        {
            if (!_closed)
            {
                _closed = true;
                LibC.close(Descriptor);
            }
        }
    }
}
