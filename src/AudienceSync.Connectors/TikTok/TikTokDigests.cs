using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.Connectors.TikTok;

/// <summary>
/// TikTok's rules, which changed four times in two years (contracts/tiktok.md 8.1). Each is a version for ever: an audience that was
/// filled under an old rule can only be emptied under it.
/// </summary>
internal sealed class TikTokDigests : IPersonDigests
{
    public const string DefaultVariant = "2025-09";

    private static readonly Variant[] All =
    [
        new(new(1), DefaultVariant, DropsPlus: false, DropsDots: false, HasPhonePlus: true),
        new(new(2), "2024-02", DropsPlus: true, DropsDots: true, HasPhonePlus: true),
        new(new(3), "2025-04", DropsPlus: true, DropsDots: false, HasPhonePlus: true),
        new(new(4), "2025-08", DropsPlus: true, DropsDots: false, HasPhonePlus: false),
    ];

    private readonly Sha256Hex _sha = new();

    /// <summary>The names of the rules, by the month from which they were in force.</summary>
    public static IEnumerable<string> Variants => All.Select(variant => variant.Name);

    public static NormaliserVersion? VersionOf(string name) => Array.Find(All, variant => variant.Name == name)?.Version;

    public bool Knows(NormaliserVersion version) => Find(version) is not null;

    public bool TryWriteEmail(PersonIdentifiers person, NormaliserVersion version, Span<byte> utf8)
    {
        if (person.Email is null || EmailText.Normalise(person.Email) is not { } email || Canonical(email, Find(version)!) is not { } canonical)
        {
            return false;
        }

        _sha.Write(canonical, utf8);
        return true;
    }

    public bool TryWritePhone(PersonIdentifiers person, NormaliserVersion version, Span<byte> utf8)
    {
        Span<char> number = stackalloc char[PhoneNumber.MaxDigits + 1];
        number[0] = '+';
        if (person.Phone is null || !PhoneNumber.TryWrite(person.Phone, person.Country, number[1..], out var digits))
        {
            return false;
        }

        _sha.Write(Find(version)!.HasPhonePlus ? number[..(digits + 1)] : number.Slice(1, digits), utf8);
        return true;
    }

    public void Dispose() => _sha.Dispose();

    private static Variant? Find(NormaliserVersion version) => Array.Find(All, variant => variant.Version == version);

    private static string? Canonical(string email, Variant variant)
    {
        if (!variant.DropsPlus && !variant.DropsDots)
        {
            return email;
        }

        var at = email.IndexOf('@', StringComparison.Ordinal);
        var local = email[..at];
        var plus = local.IndexOf('+', StringComparison.Ordinal);
        local = variant.DropsPlus && plus >= 0 ? local[..plus] : local;
        local = variant.DropsDots ? local.Replace(".", "", StringComparison.Ordinal) : local;
        return local.Length == 0 ? null : local + email[at..];
    }

    private sealed record Variant(NormaliserVersion Version, string Name, bool DropsPlus, bool DropsDots, bool HasPhonePlus);
}
