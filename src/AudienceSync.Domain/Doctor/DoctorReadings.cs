using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Doctor;

/// <summary>What is read of a workspace before the rules of the doctor are applied. Counts, keys, sources and days only.</summary>
public sealed record DoctorReadings
{
    public required DateTimeOffset At { get; init; }

    public IReadOnlyList<DoctorSource> Sources { get; init; } = [];

    public IReadOnlyList<DoctorKey> Keys { get; init; } = [];

    public IReadOnlyList<HeldEvents> Held { get; init; } = [];

    public IReadOnlyList<DoctorBinding> Bindings { get; init; } = [];

    public IReadOnlyList<DoctorAccount> Accounts { get; init; } = [];

    public IReadOnlyList<StoppedLinks> StoppedLinks { get; init; } = [];

    public IReadOnlyList<SharedAddresses> Shared { get; init; } = [];

    public IReadOnlyList<DoctorExperiment> Experiments { get; init; } = [];
}

/// <summary>A sender of webhooks, and what came of it within <see cref="DoctorRules.Window"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reports">Whether it is a reporting stream, which is always signed.</param>
/// <param name="Signed">Whether its requests must be signed.</param>
/// <param name="Events">Events in the log.</param>
public sealed record DoctorSource(string Name, bool Reports, bool Signed, long Events)
{
    /// <summary>Events of which something could not be used, by the code of the warning.</summary>
    public IReadOnlyList<SourceWarnings> Warnings { get; init; } = [];
}

/// <summary>Events of a source with one warning.</summary>
/// <param name="Code">Of the warning.</param>
/// <param name="Events">How many.</param>
/// <param name="Days">On how many days.</param>
/// <param name="LastDay">The last of them.</param>
public sealed record SourceWarnings(string Code, long Events, int Days, DateOnly LastDay);

/// <summary>Events that wait in quarantine or were refused, within <see cref="DoctorRules.Window"/>.</summary>
/// <param name="Source">Their source.</param>
/// <param name="Reason">Why.</param>
/// <param name="Key">The audience key; null when it is not known.</param>
/// <param name="Events">How many.</param>
/// <param name="LastAt">The last of them.</param>
public sealed record HeldEvents(string Source, string Reason, string? Key, long Events, DateTimeOffset LastAt);

/// <summary>A published version of an audience that is not retired.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Audience">The audience.</param>
/// <param name="PublishedAt">When it was published.</param>
public sealed record DoctorKey(string Key, string Audience, DateTimeOffset PublishedAt)
{
    /// <summary>Whether people leave when its window ends.</summary>
    public bool HasWindow { get; init; }

    public MatchKeys MatchKeys { get; init; } = MatchKeys.All;

    /// <summary>Whether another version was promoted over it.</summary>
    public bool Drains { get; init; }

    /// <summary>Whether its audience is paused.</summary>
    public bool Paused { get; init; }

    /// <summary>Whether it feeds a remote audience.</summary>
    public bool Feeds { get; init; }

    /// <summary>Whether any version of its audience feeds a remote audience.</summary>
    public bool AudienceFeeds { get; init; }

    /// <summary>Members now, counted up to a bound.</summary>
    public long Members { get; init; }

    /// <summary>Who came and went within twice <see cref="DoctorRules.Window"/>.</summary>
    public KeyFlow Flow { get; init; } = KeyFlow.None;

    /// <summary>Of these, within <see cref="DoctorRules.Lately"/>.</summary>
    public KeyFlow Lately { get; init; } = KeyFlow.None;

    /// <summary>Of the last events of the log.</summary>
    public KeyEvents Events { get; init; } = new(0, 0, 0);

    /// <summary>What the latest members have; null when it was not looked at.</summary>
    public MemberSample? Sample { get; init; }

    /// <summary>Who of the oldest members was heard of; null when there is no reporting stream that is long enough.</summary>
    public SilenceSample? Silence { get; init; }
}

/// <summary>Who came to a key, and who was removed; windows that ended do not count.</summary>
/// <param name="Adds">People who came.</param>
/// <param name="Removes">People who were removed.</param>
/// <param name="FirstAddAt">The first hour in which somebody came; null when nobody did.</param>
/// <param name="LastAddAt">The last one.</param>
public sealed record KeyFlow(long Adds, long Removes, DateTimeOffset? FirstAddAt, DateTimeOffset? LastAddAt)
{
    public static readonly KeyFlow None = new(0, 0, null, null);
}

/// <summary>Events of a key, whatever their effect.</summary>
/// <param name="Adds">Adds.</param>
/// <param name="Removes">Removals.</param>
/// <param name="Journeys">Different journeys that added, where the sender names them.</param>
public sealed record KeyEvents(long Adds, long Removes, long Journeys);

/// <summary>What members of a key have.</summary>
/// <param name="People">Members that were looked at.</param>
/// <param name="Email">Of these, with an email.</param>
/// <param name="Phone">With a phone.</param>
/// <param name="CustomerId">With a customer id.</param>
/// <param name="Details">With any details, a device id included.</param>
/// <param name="Granted">Who granted a purpose.</param>
public sealed record MemberSample(long People, long Email, long Phone, long CustomerId, long Details, long Granted);

/// <summary>Members of a key for longer than <see cref="DoctorRules.Window"/>.</summary>
/// <param name="People">Members that were looked at.</param>
/// <param name="Silent">Of these, without an outcome of a message within <see cref="DoctorRules.Window"/>.</param>
public sealed record SilenceSample(long People, long Silent);

/// <summary>A remote audience that is fed.</summary>
/// <param name="Destination">Its ad account.</param>
/// <param name="Audience">The audience.</param>
/// <param name="Remote">The platform's id.</param>
/// <param name="Key">The key that feeds it.</param>
public sealed record DoctorBinding(string Destination, string Audience, string Remote, string Key)
{
    /// <summary>Whether only people who granted consent are sent.</summary>
    public bool ConsentRequired { get; init; }

    /// <summary>The platform's minimum of members; null when there is none.</summary>
    public long? LeastMembers { get; init; }

    /// <summary>Members that were acknowledged, counted up to a bound.</summary>
    public long Delivered { get; init; }

    /// <summary>When it was first called; null when it never was.</summary>
    public DateTimeOffset? FirstCallAt { get; init; }

    /// <summary>Calls that the platform accepted, of the last ones.</summary>
    public long AcceptedAdds { get; init; }

    public long AcceptedRemovals { get; init; }

    /// <summary>Removals that were answered as if the body of the request were missing.</summary>
    public long RemovalsWithoutBody { get; init; }

    public string Subject => $"{Destination}/{Audience}/{Remote}";
}

/// <summary>An ad account.</summary>
/// <param name="Destination">Its name.</param>
/// <param name="VersionCode">The code of the finding about the version of its API; null when it is good.</param>
/// <param name="VersionEnded">Whether that version has ended.</param>
public sealed record DoctorAccount(string Destination, string? VersionCode, bool VersionEnded);

/// <summary>Identifiers that stopped linking.</summary>
/// <param name="Kind">Of the addresses that were too many: <c>email</c> or <c>phone</c>.</param>
/// <param name="Identifiers">How many identifiers stopped.</param>
/// <param name="Since">When the first of them stopped.</param>
public sealed record StoppedLinks(string Kind, long Identifiers, DateTimeOffset Since);

/// <summary>Addresses of the latest events that several people have.</summary>
/// <param name="Source">Whose events.</param>
/// <param name="Kind"><c>email</c> or <c>phone</c>.</param>
/// <param name="Addresses">Addresses with at least <see cref="DoctorRules.SharedBy"/> people.</param>
/// <param name="People">The most people that one of them has, counted up to a bound.</param>
public sealed record SharedAddresses(string Source, string Kind, long Addresses, long People);

/// <summary>A running experiment on a key.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">The key.</param>
/// <param name="Treatment">Members who are sent.</param>
/// <param name="Holdout">Members who are held out.</param>
/// <param name="HoldoutShare">Parts of ten thousand that are to be held out.</param>
public sealed record DoctorExperiment(string Name, string Key, long Treatment, long Holdout, int HoldoutShare);
