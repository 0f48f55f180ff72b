using System.Diagnostics.CodeAnalysis;

namespace AudienceSync.Domain.Audiences;

/// <summary>
/// An immutable version of an audience: <c>high_intent_cart_7d_v1</c>. A change of window, match keys or consent policy is a new version,
/// never an edit (design section 3).
/// </summary>
public readonly record struct AudienceKey
{
    private AudienceKey(string audience, int version, string value) => (Audience, Version, Value) = (audience, version, value);

    /// <summary>The audience's name: <c>high_intent_cart_7d</c>.</summary>
    public string Audience { get; }

    /// <summary>Counted from 1.</summary>
    public int Version { get; }

    /// <summary>Name and version as written: <c>high_intent_cart_7d_v1</c>.</summary>
    public string Value { get; }

    public static AudienceKey Of(string audience, int version) =>
        TryParse($"{audience}_v{version}", out var key) ? key : throw new ArgumentException("Not an audience name.", nameof(audience));

    /// <summary>
    /// Reads <c>name_vN</c>: lower case letters, digits and underscores, a letter first, N from 1 to 999,999 without leading zeros.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AudienceKey key)
    {
        key = default;
        if (text is null || text.Length > Limits.AudienceKeyChars)
        {
            return false;
        }

        var mark = text.LastIndexOf("_v", StringComparison.Ordinal);
        if (mark <= 0 || !IsName(text.AsSpan(0, mark)) || !IsVersion(text.AsSpan(mark + 2), out var version))
        {
            return false;
        }

        key = new AudienceKey(text[..mark], version, text);
        return true;
    }

    /// <summary>Whether a text may name an audience.</summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.IndexOfAnyExcept(NameChars) < 0;

    public override string ToString() => Value;

    private static readonly System.Buffers.SearchValues<char> NameChars = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789_"
    );

    private static bool IsVersion(ReadOnlySpan<char> digits, out int version)
    {
        version = 0;
        return digits.Length is > 0 and <= 6
            && digits[0] != '0'
            && digits.IndexOfAnyExceptInRange('0', '9') < 0
            && int.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out version);
    }
}
