using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Domain.Feedback;

/// <summary>
/// The id of a fact that is reported to a sender: a ULID whose time is the fact's and whose other 80 bits are a hash of what makes it this
/// fact. So it is reported under the same id after a crash, and however often it is reported, and a receiver that keeps one
/// event for each id keeps one for each fact.
/// </summary>
/// <param name="Text">26 characters of Crockford's base 32, in upper case.</param>
public readonly record struct FactId(string Text)
{
    /// <summary>The length of a ULID.</summary>
    public const int Chars = 26;

    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private const int TimeBytes = 6;
    private const int Bytes = 16;

    /// <summary>Derives the id.</summary>
    /// <param name="at">When it happened; never before 1970.</param>
    /// <param name="source">The source to which it is reported.</param>
    /// <param name="place">Where it happened: an ad account.</param>
    /// <param name="number">Its number there.</param>
    /// <param name="person">Whom it is about.</param>
    /// <param name="kind">What happened.</param>
    public static FactId Derive(DateTimeOffset at, string source, string place, long number, Guid person, string kind)
    {
        // Lengths first, so that no two different facts have the same bytes.
        var name = Encoding.UTF8.GetBytes($"{source.Length}:{source}{place.Length}:{place}{number}:{person:N}{kind}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, Math.Max(0, at.ToUnixTimeMilliseconds()));
        Span<byte> id = stackalloc byte[Bytes];
        time[^TimeBytes..].CopyTo(id);
        hash[..(Bytes - TimeBytes)].CopyTo(id[TimeBytes..]);
        return new FactId(Encode(id));
    }

    /// <summary>The text.</summary>
    public override string ToString() => Text;

    // 128 bits are 26 digits of 5 bits; the first digit has only 3 of them.
    private static string Encode(ReadOnlySpan<byte> id)
    {
        var rest = BinaryPrimitives.ReadUInt128BigEndian(id);
        Span<char> text = stackalloc char[Chars];
        for (var place = Chars - 1; place >= 0; place--)
        {
            text[place] = Digits[(int)(rest & 31)];
            rest >>= 5;
        }

        return new string(text);
    }
}
