using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>What a packet is rewritten to.</summary>
/// <param name="Codec">The slot's, which tells the payload types.</param>
/// <param name="Sequence">Of the slot's stream.</param>
/// <param name="Timestamp">Of the slot's stream.</param>
/// <param name="Vp8">Numbers of VP8's payload descriptor, if it is VP8.</param>
internal readonly record struct OutgoingNumbers(NegotiatedCodec Codec, ushort Sequence, uint Timestamp, Vp8Numbers Vp8);
