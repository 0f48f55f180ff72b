namespace AudienceSync.Domain.Normalising;

/// <summary>Every normaliser this program knows. An old version stays as long as a ledger may name it.</summary>
public sealed class Normalisers
{
    private readonly Dictionary<(NormaliserFamily Family, NormaliserVersion Version), Normaliser> _known;
    private readonly Dictionary<NormaliserFamily, NormaliserVersion> _current;

    private Normalisers(IEnumerable<Normaliser> known, Dictionary<NormaliserFamily, NormaliserVersion> current)
    {
        _known = known.ToDictionary(normaliser => (normaliser.Family, normaliser.Version));
        _current = current;
    }

    /// <summary>What the program ships.</summary>
    public static Normalisers BuiltIn { get; } = new(
        [MetaNormaliser.Version1, MetaNormaliser.Version2, GoogleNormaliser.Version1, GoogleNormaliser.Version2, .. TikTokNormaliser.All],
        new()
        {
            [NormaliserFamily.Meta] = MetaNormaliser.Current,
            [NormaliserFamily.Google] = GoogleNormaliser.Current,
            [NormaliserFamily.TikTok] = TikTokNormaliser.Current,
        });

    /// <summary>By family, then version.</summary>
    public IEnumerable<Normaliser> All => _known.Values.OrderBy(normaliser => normaliser.Family).ThenBy(normaliser => normaliser.Version.Value);

    /// <summary>A built-in normaliser.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This program does not know the version.</exception>
    public static Normaliser For(NormaliserFamily family, NormaliserVersion version)
        => BuiltIn.Find(family, version)
            ?? throw new ArgumentOutOfRangeException(nameof(version), version.Value, $"No such version of the {family} normaliser.");

    /// <summary>Null when this program does not know the version: a newer one delivered the member.</summary>
    public Normaliser? Find(NormaliserFamily family, NormaliserVersion version) => _known.GetValueOrDefault((family, version));

    /// <summary>The one for new members.</summary>
    public Normaliser Current(NormaliserFamily family) => _known[(family, _current[family])];

    /// <summary>These and one more, which becomes current. It may not replace one: a version is for ever.</summary>
    public Normalisers With(Normaliser next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new(_known.Values.Append(next), new(_current) { [next.Family] = next.Version });
    }
}
