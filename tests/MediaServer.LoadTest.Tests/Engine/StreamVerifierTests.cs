using MediaServer.LoadTest.Engine;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Tests.Engine;

public sealed class StreamVerifierTests
{
    private const uint Offset = 77_000;
    private readonly StreamVerifier _video = new(MediaKind.Video);

    [Fact]
    public void A_stream_as_it_was_published_has_no_faults_over_the_wrap_of_its_numbers()
    {
        for (uint i = 0; i < 10; i++)
        {
            Receive((ushort)(65_530 + i), i, marker: i % 5 == 4);
        }

        Assert.Equal(10, _video.Packets);
        Assert.Equal(0, _video.Faults);
    }

    [Fact]
    public void A_packet_that_is_missing_twice_or_late_is_a_fault()
    {
        Receive(1, 1, false);
        Receive(3, 3, false);
        Assert.True(_video.Faults > 0);
        var faults = _video.Faults;
        Receive(3, 3, false);
        Assert.True(_video.Faults > faults);
    }

    [Fact]
    public void A_renumbered_gap_is_a_fault_even_when_the_numbers_fit()
    {
        Receive(1, 1, false);
        Receive(2, 3, false);
        Assert.Equal(1, _video.Faults);
        Assert.Contains("publisher", _video.LastFault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_marker_or_a_timestamp_that_drifts_is_a_fault()
    {
        Receive(1, 1, false);
        _video.OnPacket(Header(2, 2 * 3000 + Offset, marker: true), new MediaStamp(0, false, 2, 2 * 3000, 0));
        Assert.Contains("marker", _video.LastFault, StringComparison.Ordinal);
        _video.OnPacket(Header(3, (3 * 3000) + Offset + 1, marker: false), new MediaStamp(0, false, 3, 3 * 3000, 0));
        Assert.Contains("timestamp", _video.LastFault, StringComparison.Ordinal);
        Assert.Equal(2, _video.Faults);
    }

    [Fact]
    public void Another_speaker_in_an_audio_slot_begins_anew()
    {
        var audio = new StreamVerifier(MediaKind.Audio);
        audio.OnPacket(Header(1, 5000, false), new MediaStamp(1, false, 40, 1000, 0));
        audio.OnPacket(Header(2, 5960, true), new MediaStamp(2, false, 900, 44, 0));
        Assert.Equal(0, audio.Faults);
    }

    [Fact]
    public void Stamps_survive_the_way_and_noise_is_none()
    {
        var stamp = new MediaStamp(9, true, 123_456, 0xFFFF_0000, 1_700_000_000_000_000);
        var payload = new byte[100];
        stamp.Write(payload.AsSpan(MediaStamp.VideoOffset));

        Assert.True(MediaStamp.TryRead(payload, MediaStamp.VideoOffset, out var read));
        Assert.Equal(stamp, read);
        Assert.False(MediaStamp.TryRead(payload, MediaStamp.AudioOffset, out _));
        Assert.False(MediaStamp.TryRead(payload.AsSpan(0, MediaStamp.VideoOffset + MediaStamp.Length - 1), MediaStamp.VideoOffset, out _));
    }

    private void Receive(ushort sequence, uint packet, bool marker) =>
        _video.OnPacket(Header(sequence, (packet * 3000) + Offset, marker), new MediaStamp(0, marker, packet, packet * 3000, 0));

    private static RtpHeader Header(ushort sequence, uint timestamp, bool marker)
    {
        Span<byte> packet = stackalloc byte[RtpHeader.FixedLength];
        new RtpWriter(packet).WriteHeader(96, marker, sequence, timestamp, 7);
        Assert.True(RtpHeader.TryParse(packet, out var header, out _));
        return header;
    }
}
