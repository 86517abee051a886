namespace MediaServer.Protocol.Ice;

/// <summary>ICE ufrag (4-256 characters) and pwd (22-256 characters), RFC 8839 section 5.4.</summary>
public sealed record IceCredentials(string UsernameFragment, string Password);
