namespace MediaServer.Protocol.Sdp;

/// <summary>One a= line; <paramref name="Value"/> is empty for a property attribute.</summary>
public sealed record SdpAttribute(string Name, string Value);

/// <summary>A section of attributes: the session's or an m-line's.</summary>
public abstract class SdpSection
{
    public List<SdpAttribute> Attributes { get; } = [];

    public bool Has(string name) => Attributes.Exists(a => a.Name == name);

    /// <summary>The first value of <paramref name="name"/>, null when absent.</summary>
    public string? Value(string name) => Attributes.Find(a => a.Name == name)?.Value;

    public IEnumerable<string> Values(string name) => Attributes.Where(a => a.Name == name).Select(a => a.Value);

    public void Add(string name, string value = "") => Attributes.Add(new SdpAttribute(name, value));
}

/// <summary>An m-line with its attributes (RFC 8866 section 5.14).</summary>
public sealed class SdpMedia(string kind, int port, string protocol, IReadOnlyList<string> formats) : SdpSection
{
    /// <summary>"audio", "video", "application".</summary>
    public string Kind { get; } = kind;

    /// <summary>0 rejects the line, or makes it bundle-only (RFC 8843 section 6).</summary>
    public int Port { get; set; } = port;

    public string Protocol { get; } = protocol;

    /// <summary>Payload types for RTP.</summary>
    public IReadOnlyList<string> Formats { get; } = formats;

    public string Mid => Value("mid") ?? string.Empty;
}

/// <summary>A session description as sections of attributes; lines that WebRTC does not use are not kept.</summary>
public sealed class SdpSession : SdpSection
{
    public List<SdpMedia> Media { get; } = [];
}
