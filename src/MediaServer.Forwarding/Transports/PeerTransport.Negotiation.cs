using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Subscriptions;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Transports;

/// <summary>The part that makes publications and slots out of what was negotiated.</summary>
internal sealed partial class PeerTransport
{
    /// <summary>A renegotiation. Lines with the same mid keep their state.</summary>
    public void Update(NegotiatedTransport media, MonotonicTime now)
    {
        if (media.LocalIce != _ice.Local || media.RemoteIce != _remoteIce)
        {
            _remoteIce = media.RemoteIce;
            _ice.Restart(media.LocalIce, media.RemoteIce, now);
            LocalUfrag = media.LocalIce.UsernameFragment;
        }

        ApplyMedia(media);
        Reschedule(now);
    }

    private void ApplyMedia(NegotiatedTransport negotiated)
    {
        foreach (var media in negotiated.Media)
        {
            if (media.Extensions.TransportSequenceNumber != 0)
            {
                _twccId = media.Extensions.TransportSequenceNumber;
            }

            if (media.Flow == MediaFlow.Receive)
            {
                ApplyPublication(media);
            }
            else if (media.Flow == MediaFlow.Send)
            {
                ApplySlot(media);
            }
        }

        for (var i = Publications.Count - 1; i >= 0; i--)
        {
            var publication = Publications[i];
            if (!negotiated.Media.Any(media => media.Mid == publication.Id.Mid && media.Flow == MediaFlow.Receive))
            {
                publication.LeaveSlots(forget: false);
                _streams.Remove(publication);
                Publications.RemoveAt(i);
                Room.Leave(publication);
            }
        }

        RemoveClosedSlots(negotiated);
    }

    private void ApplyPublication(NegotiatedMedia media)
    {
        var publication = FindPublication(media.Mid);
        if (publication is null)
        {
            publication = new Publication(_context, this, media);
            Publications.Add(publication);
            if (Room.Members.Contains(this))
            {
                Room.Enter(publication);
            }
        }
        else
        {
            publication.Update(media);
        }

        _streams.AddSignalled(publication);
    }

    private void ApplySlot(NegotiatedMedia media)
    {
        if (media.Kind == MediaKind.Video)
        {
            if (FindVideoSlot(media.Mid) is { } existing)
            {
                existing.Update(media);
                return;
            }

            var slot = new VideoSlot(_context, this, media);
            VideoSlots.Add(slot);
            _videoSlotsBySsrc[media.SlotSsrc] = slot;
        }
        else if (AudioSlots.Find(slot => slot.Mid == media.Mid) is { } existing)
        {
            existing.Update(media);
        }
        else
        {
            AudioSlots.Add(new AudioSlot(_context, this, media));
            Room.OnAudioChanged();
        }
    }

    private void RemoveClosedSlots(NegotiatedTransport negotiated)
    {
        bool IsOpen(string mid) => negotiated.Media.Any(media => media.Mid == mid && media.Flow == MediaFlow.Send);

        for (var i = VideoSlots.Count - 1; i >= 0; i--)
        {
            var slot = VideoSlots[i];
            if (!IsOpen(slot.Mid))
            {
                slot.Assign(null, 0, 0);
                slot.Detach();
                _videoSlotsBySsrc.Remove(slot.Sender.Media.SlotSsrc);
                VideoSlots.RemoveAt(i);
            }
        }

        for (var i = AudioSlots.Count - 1; i >= 0; i--)
        {
            if (!IsOpen(AudioSlots[i].Mid))
            {
                AudioSlots[i].Empty();
                AudioSlots.RemoveAt(i);
            }
        }
    }
}
