using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Server.Media;

/// <summary>Random SSRCs (RFC 3550 section 8.1) that do not collide with those a transport has.</summary>
internal sealed class SsrcSource
{
    private readonly HashSet<uint> _taken = [0];

    public SsrcSource(NegotiatedTransport? transport)
    {
        foreach (var media in transport?.Media ?? [])
        {
            _taken.Add(media.SlotSsrc);
            _taken.Add(media.SlotRtxSsrc);
            _taken.UnionWith(media.RemoteSsrcs);
            _taken.UnionWith(media.RemoteRtxSsrcs);
        }
    }

    public uint Next()
    {
        Span<byte> bytes = stackalloc byte[4];
        uint ssrc;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            ssrc = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }
        while (!_taken.Add(ssrc));
        return ssrc;
    }
}
