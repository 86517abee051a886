namespace MediaServer.Client;

/// <summary>What has arrived in one slot.</summary>
/// <param name="Mid">The slot.</param>
/// <param name="Packets">Media packets.</param>
/// <param name="Frames">Packets with the marker bit: video frames.</param>
/// <param name="Bytes">Of payload.</param>
/// <param name="LastContributor">CSRC of the last audio packet: the speaker's number; 0 for video.</param>
public sealed record SlotStatistics(string Mid, long Packets, long Frames, long Bytes, uint LastContributor);
