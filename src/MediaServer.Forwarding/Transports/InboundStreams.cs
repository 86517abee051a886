using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Forwarding.Transports;

/// <summary>Which layer an SSRC belongs to, and whether it carries the layer's packets or their retransmissions (RFC 4588).</summary>
internal readonly record struct InboundStream(PublicationLayer Layer, bool IsRtx);

/// <summary>
/// The SSRCs of one transport. Known from the SDP, or learned from MID and RID (RFC 8843 section 9.2, RFC 8852) and then latched, for a
/// browser sends these extensions only until it is heard. A layer has one SSRC at a time, so the map cannot grow beyond the m-lines.
/// </summary>
internal sealed class InboundStreams(List<Publication> publications)
{
    private readonly Dictionary<uint, InboundStream> _streams = [];

    public bool TryFind(uint ssrc, out InboundStream stream) => _streams.TryGetValue(ssrc, out stream);

    /// <summary>Takes over what the SDP says: without simulcast the m-line's SSRC. With simulcast the order of SSRCs proves nothing.</summary>
    public void AddSignalled(Publication publication)
    {
        var media = publication.Media;
        if (publication.Layers[0].Rid.Length > 0 || media.RemoteSsrcs.IsDefaultOrEmpty || media.RemoteSsrcs[0] == 0)
        {
            return;
        }

        Latch(media.RemoteSsrcs[0], new InboundStream(publication.Layers[0], false));
        if (!media.RemoteRtxSsrcs.IsDefaultOrEmpty && media.RemoteRtxSsrcs[0] != 0)
        {
            Latch(media.RemoteRtxSsrcs[0], new InboundStream(publication.Layers[0], true));
        }
    }

    /// <summary>Finds out where a packet of an unknown SSRC belongs. False when it does not say.</summary>
    public bool TryLearn(ReadOnlySpan<byte> packet, in RtpHeader header, out InboundStream stream)
    {
        stream = default;
        if (FindPublication(packet, header) is not { } publication)
        {
            return false;
        }

        var isRtx = publication.FindCodec(header.PayloadType) is null;
        if (isRtx && publication.FindRepairedCodec(header.PayloadType) is null)
        {
            return false;
        }

        var extensions = publication.Media.Extensions;
        var ridId = isRtx ? extensions.RepairedRid : extensions.Rid;
        ReadOnlySpan<byte> rid = default;
        if (ridId != 0)
        {
            HeaderExtensions.TryFind(packet, header, ridId, out rid);
        }

        foreach (var layer in publication.Layers)
        {
            if (layer.Rid.AsSpan().SequenceEqual(rid) || layer.Rid.Length == 0)
            {
                stream = new InboundStream(layer, isRtx);
                Latch(header.Ssrc, stream);
                return true;
            }
        }

        return false;
    }

    public void Remove(Publication publication)
    {
        foreach (var layer in publication.Layers)
        {
            _streams.Remove(layer.Ssrc);
            _streams.Remove(layer.RtxSsrc);
        }
    }

    private void Latch(uint ssrc, InboundStream stream)
    {
        // An SSRC that moves to another line or role is taken away from the former.
        if (_streams.TryGetValue(ssrc, out var former))
        {
            if (former == stream)
            {
                return;
            }

            if (former.IsRtx)
            {
                former.Layer.RtxSsrc = 0;
            }
            else
            {
                former.Layer.Restart(0);
            }
        }

        var layer = stream.Layer;
        if (stream.IsRtx)
        {
            _streams.Remove(layer.RtxSsrc);
            layer.RtxSsrc = ssrc;
        }
        else if (layer.Ssrc == 0)
        {
            layer.Ssrc = ssrc;
        }
        else
        {
            _streams.Remove(layer.Ssrc);
            layer.Restart(ssrc);
        }

        _streams[ssrc] = stream;
    }

    /// <summary>By MID, else by a payload type that only one m-line has (RFC 8843 section 9.2).</summary>
    private Publication? FindPublication(ReadOnlySpan<byte> packet, in RtpHeader header)
    {
        Publication? byPayloadType = null;
        var matches = 0;
        foreach (var publication in publications)
        {
            var id = publication.Media.Extensions.Mid;
            if (id != 0 && HeaderExtensions.TryFind(packet, header, id, out var mid))
            {
                if (mid.SequenceEqual(publication.Mid))
                {
                    return publication;
                }

                continue;
            }

            if (publication.FindCodec(header.PayloadType) is not null || publication.FindRepairedCodec(header.PayloadType) is not null)
            {
                byPayloadType = publication;
                matches++;
            }
        }

        return matches == 1 ? byPayloadType : null;
    }
}
