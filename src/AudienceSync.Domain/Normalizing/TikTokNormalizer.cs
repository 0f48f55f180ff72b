using AudienceSync.Domain.Identity;
using static AudienceSync.Domain.Normalizing.CellForm;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// The cells that TikTok expects, hashed (contracts/tiktok.md 8). Its rules changed three times, and an audience filled under one rule can
/// only be emptied under it, so the older ones are versions that a destination can choose.
/// </summary>
public static class TikTokNormalizer
{
    private const string WithPlus = "plus and digits with the calling code (E.164), no trunk zero";

    public static readonly NormalizerVersion Current = new(1);

    /// <summary>For audiences filled before 2025: no plus suffix, no dots before the at sign.</summary>
    public static readonly NormalizerVersion Until2025 = new(2);

    /// <summary>For audiences filled by the rule of August 2025: no plus suffix, phones without a plus.</summary>
    public static readonly NormalizerVersion August2025 = new(3);

    /// <summary>Every version, the current one first.</summary>
    public static IReadOnlyList<Normalizer> All { get; } =
    [
        Of(
            Current,
            "rules since September 2025",
            new(
                PersonField.Email,
                Hashed,
                "no white space, lower case, compose; dots and plus stay",
                "Jane.Doe+news@Gmail.com",
                AddressText.Email
            ),
            new(PersonField.Phone, Hashed, WithPlus, "+1 (657) 777-0000", AddressText.PhoneWithPlus)
            {
                // TikTok's documentation states that it also accepts numbers without a plus, so a sender's digest of one is accepted here.
                TakesHashed = HashedFields.PhoneSha256E164 | HashedFields.PhoneSha256Digits,
            }
        ),
        Of(
            Until2025,
            "rules until 2025",
            new(
                PersonField.Email,
                Hashed,
                "as version 1, and without plus suffix and dots before the at sign",
                "Jane.Doe+news@Gmail.com",
                AddressText.WithoutSuffixAndDots
            ),
            new(PersonField.Phone, Hashed, WithPlus, "+1 (657) 777-0000", AddressText.PhoneWithPlus)
            {
                TakesHashed = HashedFields.PhoneSha256E164,
            }
        ),
        Of(
            August2025,
            "rules of August 2025",
            new(PersonField.Email, Hashed, "as version 1, and without plus suffix", "Jane.Doe+news@Gmail.com", AddressText.WithoutSuffix),
            new(
                PersonField.Phone,
                Hashed,
                "digits with the calling code, no plus, no trunk zero",
                "+1 (657) 777-0000",
                AddressText.PhoneDigits
            )
            {
                TakesHashed = HashedFields.PhoneSha256Digits,
            }
        ),
    ];

    private static Normalizer Of(NormalizerVersion version, string name, NormalizerRule email, NormalizerRule phone) =>
        new(
            NormalizerFamily.TikTok,
            version,
            name,
            [
                email with
                {
                    TakesHashed = HashedFields.EmailSha256,
                },
                phone,
                new(
                    PersonField.DeviceId,
                    Hashed,
                    "trim, lower case, hyphens stay",
                    "5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25",
                    PersonText.LowerDeviceId
                ),
            ]
        );
}
