namespace AudienceSync.Domain.Normalizing;

/// <summary>All normalizers of this program. An old version stays as long as a ledger may reference it.</summary>
public sealed class Normalizers
{
    private readonly Dictionary<(NormalizerFamily Family, NormalizerVersion Version), Normalizer> _known;
    private readonly Dictionary<NormalizerFamily, NormalizerVersion> _current;

    private Normalizers(IEnumerable<Normalizer> known, Dictionary<NormalizerFamily, NormalizerVersion> current)
    {
        _known = known.ToDictionary(normalizer => (normalizer.Family, normalizer.Version));
        _current = current;
    }

    /// <summary>The normalizers that ship with the program.</summary>
    public static Normalizers BuiltIn { get; } =
        new(
            [
                MetaNormalizer.Version1,
                MetaNormalizer.Version2,
                GoogleNormalizer.Version1,
                GoogleNormalizer.Version2,
                .. TikTokNormalizer.All,
            ],
            new()
            {
                [NormalizerFamily.Meta] = MetaNormalizer.Current,
                [NormalizerFamily.Google] = GoogleNormalizer.Current,
                [NormalizerFamily.TikTok] = TikTokNormalizer.Current,
            }
        );

    /// <summary>Ordered by family, then version.</summary>
    public IEnumerable<Normalizer> All =>
        _known.Values.OrderBy(normalizer => normalizer.Family).ThenBy(normalizer => normalizer.Version.Value);

    /// <summary>A built-in normalizer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This program does not have the version.</exception>
    public static Normalizer For(NormalizerFamily family, NormalizerVersion version) =>
        BuiltIn.Find(family, version)
        ?? throw new ArgumentOutOfRangeException(nameof(version), version.Value, $"No such version of the {family} normalizer.");

    /// <summary>Null when this program does not have the version: a newer one delivered the member.</summary>
    public Normalizer? Find(NormalizerFamily family, NormalizerVersion version) => _known.GetValueOrDefault((family, version));

    /// <summary>The normalizer for new members.</summary>
    public Normalizer Current(NormalizerFamily family) => _known[(family, _current[family])];

    /// <summary>These and one more, which becomes current. It may not replace one: a version is permanent.</summary>
    public Normalizers With(Normalizer next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new(_known.Values.Append(next), new(_current) { [next.Family] = next.Version });
    }
}
