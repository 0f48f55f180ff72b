using System.Text;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// Maps the bytes of an audience key to one shared string, so that a fold over millions of events does not create millions of strings.
/// </summary>
/// <remarks>For one thread. Bounded by the number of keys ever published in a workspace.</remarks>
public sealed class KeyNames
{
    private readonly List<(byte[] Utf8, string Text)> _names = [];

    public string Of(ReadOnlySpan<byte> utf8)
    {
        foreach (var (bytes, text) in _names)
        {
            if (utf8.SequenceEqual(bytes))
            {
                return text;
            }
        }

        var added = Encoding.UTF8.GetString(utf8);
        _names.Add((utf8.ToArray(), added));
        return added;
    }
}
