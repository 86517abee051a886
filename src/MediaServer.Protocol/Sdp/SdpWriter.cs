using System.Text;

namespace MediaServer.Protocol.Sdp;

/// <summary>Writes session descriptions with the fixed lines that WebRTC wants (RFC 9429 section 5.2.1).</summary>
public static class SdpWriter
{
    /// <param name="session">What to write.</param>
    /// <param name="version">Grows with each description of the same session (RFC 8866 section 5.2).</param>
    public static string Write(SdpSession session, long version)
    {
        var text = new StringBuilder(4096);
        text.Append("v=0\r\n").Append("o=- 1 ").Append(version).Append(" IN IP4 127.0.0.1\r\n").Append("s=-\r\nt=0 0\r\n");
        WriteAttributes(text, session);
        foreach (var media in session.Media)
        {
            text.Append("m=").Append(media.Kind).Append(' ').Append(media.Port).Append(' ').Append(media.Protocol);
            foreach (var format in media.Formats)
            {
                text.Append(' ').Append(format);
            }

            text.Append("\r\nc=IN IP4 0.0.0.0\r\n");
            WriteAttributes(text, media);
        }

        return text.ToString();
    }

    private static void WriteAttributes(StringBuilder text, SdpSection section)
    {
        foreach (var (name, value) in section.Attributes)
        {
            text.Append("a=").Append(name);
            if (value.Length > 0)
            {
                text.Append(':').Append(value);
            }

            text.Append("\r\n");
        }
    }
}
