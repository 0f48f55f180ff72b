using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>
/// The names by which a destination selects one of TikTok's rules (contracts/tiktok.md 8.1): the date from which it applied.
/// </summary>
internal static class TikTokVariants
{
    public const string Default = "2025-09";

    private static readonly (string Name, NormalizerVersion Version)[] All =
    [
        (Default, TikTokNormalizer.Current),
        ("2024", TikTokNormalizer.Until2025),
        ("2025-08", TikTokNormalizer.August2025),
    ];

    public static IEnumerable<string> Names => All.Select(variant => variant.Name);

    public static NormalizerVersion? Find(string name) =>
        Array.FindIndex(All, variant => variant.Name == name) is var index and >= 0 ? All[index].Version : null;
}
