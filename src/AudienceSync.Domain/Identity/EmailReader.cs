using System.Buffers;
using System.Text;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Identity;

/// <summary>The result of reading a field: its canonical text, or why there is none. Both are absent for an empty field.</summary>
public readonly record struct FieldReading(string? Text, IdentifierFault Fault)
{
    internal static FieldReading Of(string text) => new(text, IdentifierFault.None);

    internal static FieldReading Not(IdentifierFault fault) => new(null, fault);

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => $"FieldReading({Fault})";
}

/// <summary>
/// Reads an email address: removes what copying and exporting leave around it, then converts it to lower case and composes it, with the
/// domain as A-labels. A result that is not an address with a dotted domain is rejected and never hashed. Dots and plus tags stay: handling
/// them is up to the rules of each platform.
/// </summary>
public static class EmailReader
{
    private const int MaxLocalChars = 64;

    private static readonly SearchValues<char> PlainLocal = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-+");
    private static readonly SearchValues<char> PlainDomain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <summary>RFC 5322 allows these in quotes only, which no platform supports.</summary>
    private static readonly SearchValues<char> NotInLocal = SearchValues.Create("\"(),:;<>[\\]");

    /// <summary>Reads a text; returns the default for a field that is absent.</summary>
    public static FieldReading Read(string? raw, HashedFields hashed = HashedFields.None)
    {
        if (raw is null)
        {
            return default;
        }

        if (hashed.HasFlag(HashedFields.EmailSha256))
        {
            return Passed(raw);
        }

        return IsPlain(raw) ? FieldReading.Of(raw) : ReadWritten(raw);
    }

    /// <summary>A digest made by the sender, in lower case.</summary>
    internal static FieldReading Passed(string raw)
    {
        Span<char> digest = stackalloc char[Sha256Hex.Length];
        var cell = DigestText.Write(raw, digest);
        return cell.Reason switch
        {
            CellReason.None => FieldReading.Of(new string(digest)),
            CellReason.Nobody => FieldReading.Not(IdentifierFault.Placeholder),
            _ => FieldReading.Not(IdentifierFault.NotADigest),
        };
    }

    private static bool IsPlain(string raw)
    {
        var at = raw.IndexOf('@', StringComparison.Ordinal);
        return at is > 0 and <= MaxLocalChars
            && !raw.AsSpan(0, at).ContainsAnyExcept(PlainLocal)
            && !raw.AsSpan(at + 1).ContainsAnyExcept(PlainDomain)
            && EmailDomain.Fault(raw.AsSpan(at + 1)) == IdentifierFault.None;
    }

    private static FieldReading ReadWritten(string raw)
    {
        var trimmed = EmailArtifacts.TrimInvisible(raw);
        if (trimmed.Length > EmailArtifacts.MaxWrittenChars)
        {
            return FieldReading.Not(IdentifierFault.TooLong);
        }

        if (DigestText.Is(trimmed))
        {
            return FieldReading.Not(IdentifierFault.UndeclaredDigest);
        }

        if (!PlainText.IsWellFormed(trimmed))
        {
            return FieldReading.Not(IdentifierFault.InvalidText);
        }

        var text = EmailArtifacts.Strip(trimmed, out var several);
        return several ? FieldReading.Not(IdentifierFault.SeveralAddresses) : ReadAddress(text);
    }

    private static FieldReading ReadAddress(string text)
    {
        if (EmailArtifacts.InvisibleIn(text) is { } invisible)
        {
            return FieldReading.Not(invisible);
        }

        // Twice: a mark can separate a capital from its dot (I with both dots), and lower case can make a pair composable (J and caron).
        text = Ascii.IsValid(text) ? text.ToLowerInvariant() : Composition.Compose(Composition.Compose(text).ToLowerInvariant());
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || at == text.Length - 1 || text.IndexOf('@', at + 1) >= 0 || text.AsSpan(0, at).ContainsAny(NotInLocal))
        {
            return FieldReading.Not(IdentifierFault.NotAnAddress);
        }

        var fault = EmailDomain.TryCanonicalize(text[(at + 1)..], out var domain);
        if (fault != IdentifierFault.None)
        {
            return FieldReading.Not(fault);
        }

        return at > MaxLocalChars || at + 1 + domain.Length > EmailText.MaxChars
            ? FieldReading.Not(IdentifierFault.TooLong)
            : FieldReading.Of(string.Concat(text.AsSpan(0, at + 1), domain));
    }
}
