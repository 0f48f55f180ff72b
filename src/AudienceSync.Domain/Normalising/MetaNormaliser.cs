namespace AudienceSync.Domain.Normalising;

/// <summary>
/// What Meta wants hashed (contracts/meta.md 9). A version is for ever: a better rule is a new version beside the old one, because a
/// member can only be removed by the digest under which he was added (design section 6, rule 4).
/// </summary>
public static class MetaNormaliser
{
    public static readonly NormaliserVersion Current = new(1);

    public static bool Knows(NormaliserVersion version) => version.Value == 1;

    /// <summary>The address to be hashed, or null when there is none. An empty text is never returned, so never hashed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This program does not know the version.</exception>
    public static string? Email(string raw, NormaliserVersion version)
    {
        Demand(version);
        return EmailText.Normalise(raw);
    }

    /// <summary>The digits to be hashed, calling code first and no plus, or null when there are none.</summary>
    /// <param name="raw">As the sender wrote it.</param>
    /// <param name="defaultCountry">ISO 3166-1 alpha-2, by which a national number is read; when unknown, only international numbers are.</param>
    /// <param name="version">The rule to apply.</param>
    /// <exception cref="ArgumentOutOfRangeException">This program does not know the version.</exception>
    public static string? Phone(string raw, string defaultCountry, NormaliserVersion version)
    {
        Demand(version);
        return PhoneNumber.Normalise(raw, defaultCountry);
    }

    /// <summary>As <see cref="Phone"/>, without a string: into at least <see cref="PhoneNumber.MaxDigits"/> characters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This program does not know the version.</exception>
    public static bool TryWritePhone(
        ReadOnlySpan<char> raw, string defaultCountry, NormaliserVersion version, Span<char> destination, out int length)
    {
        Demand(version);
        return PhoneNumber.TryWrite(raw, defaultCountry, destination, out length);
    }

    private static void Demand(NormaliserVersion version)
    {
        if (!Knows(version))
        {
            throw new ArgumentOutOfRangeException(nameof(version), version.Value, "No such version of the Meta normaliser.");
        }
    }
}
