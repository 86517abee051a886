using System.Net;
using System.Numerics;

namespace MediaServer.MediaPlane;

/// <summary>Settings under <c>MediaServer:Media</c>.</summary>
public sealed record MediaPlaneOptions
{
    /// <summary>First port, UDP and TCP; shard n listens on this plus n.</summary>
    public int BasePort { get; init; } = 50000;

    /// <summary>Media threads; 0 means one per core.</summary>
    public int Shards { get; init; }

    /// <summary>"::" is every address, IPv4 as well.</summary>
    public string ListenAddress { get; init; } = "::";

    /// <summary>What goes into ICE candidates, best first; empty means the listen address, or all of the machine's own.</summary>
    public IReadOnlyList<string> AdvertisedAddresses { get; init; } = [];

    /// <summary>Offer loopback candidates too.</summary>
    public bool IncludeLoopback { get; init; }

    /// <summary>UDP segmentation offload; off only to look for its faults.</summary>
    public bool SegmentationOffload { get; init; } = true;

    /// <summary>ICE-TCP on the same port numbers, for networks that block UDP.</summary>
    public bool Tcp { get; init; } = true;

    /// <summary>Offer UDP candidates; off only to try TCP.</summary>
    public bool Udp { get; init; } = true;

    /// <summary>
    /// How many participants of one meeting a shard takes before the next shard is used. A shard forwards some 400 000 packets a second;
    /// 150 people who all watch a gallery of 25 take some 150 000, so a meeting of this size still leaves room for others, and every
    /// lesson stays on one shard, where nothing has to be relayed.
    /// </summary>
    public int MeetingParticipantsPerShard { get; init; } = 150;

    /// <summary>Bytes under way from one shard to another, a power of two; made when a meeting is relayed between the two.</summary>
    public int RelayRingBytes { get; init; } = 1 << 20;

    public int ShardCount => Shards > 0 ? Shards : Environment.ProcessorCount;

    /// <exception cref="ArgumentException">Names the setting that is wrong.</exception>
    public void Validate()
    {
        if (Shards is < 0 or > 256)
        {
            throw new ArgumentException($"MediaServer:Media:Shards must be 0-256, not {Shards}");
        }

        if (BasePort < 1 || BasePort + ShardCount > 65536)
        {
            throw new ArgumentException($"MediaServer:Media:BasePort {BasePort} and {ShardCount} shards do not fit into ports 1-65535");
        }

        if (!Udp && !Tcp)
        {
            throw new ArgumentException("MediaServer:Media:Udp and MediaServer:Media:Tcp cannot both be false: media needs one of them");
        }

        if (MeetingParticipantsPerShard < 1)
        {
            throw new ArgumentException($"MediaServer:Media:MeetingParticipantsPerShard must be at least 1, not {MeetingParticipantsPerShard}");
        }

        if (RelayRingBytes < 1 << 16 || !BitOperations.IsPow2(RelayRingBytes))
        {
            throw new ArgumentException($"MediaServer:Media:RelayRingBytes must be a power of two of at least 65536, not {RelayRingBytes}");
        }

        if (!IPAddress.TryParse(ListenAddress, out _))
        {
            throw new ArgumentException($"MediaServer:Media:ListenAddress '{ListenAddress}' is not an IP address");
        }

        foreach (var address in AdvertisedAddresses)
        {
            if (!IPAddress.TryParse(address, out _))
            {
                throw new ArgumentException($"MediaServer:Media:AdvertisedAddresses holds '{address}', which is not an IP address");
            }
        }
    }
}
