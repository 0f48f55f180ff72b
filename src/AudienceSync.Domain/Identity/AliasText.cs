using AudienceSync.Domain.Normalising;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The canonical text by which a person is recognised, whatever a platform wants to hear. It is stored as a keyed digest, so changing a
/// rule here would make everybody a stranger: these rules have no versions and do not change.
/// </summary>
/// <remarks>Each method returns its argument itself when that is canonical already, and null when nothing usable is left.</remarks>
public static class AliasText
{
    /// <summary>Characters of a customer id at most, after trimming.</summary>
    public const int MaxCustomerIdChars = Limits.CustomerIdChars;

    /// <summary>Trimmed and composed; case counts, because it does in most systems that hand out ids.</summary>
    public static string? CustomerId(string raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        var text = raw.Trim();
        if (text.Length is 0 or > MaxCustomerIdChars || !PlainText.IsWellFormed(text))
        {
            return null;
        }

        text = Composition.Compose(text);
        return text.Length <= MaxCustomerIdChars ? text : null;
    }

    /// <summary>Trimmed, lower case, composed; see <see cref="EmailText"/>.</summary>
    public static string? Email(string raw) => EmailText.Normalise(raw);

    /// <summary>Digits with the calling code; see <see cref="PhoneNumber"/>.</summary>
    public static string? Phone(string raw, string country) => PhoneNumber.Normalise(raw, country);
}
