using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Determines whether a body names a person: each text of it, at any depth, is read as every kind of identifier and looked up among the
/// person's aliases. Without the aliases this cannot be determined, so it runs before they are deleted. <see cref="Exact"/> and
/// <see cref="Similar"/> lead to the bodies that are worth opening; see <see cref="BodyMentions"/>.
/// </summary>
/// <param name="aliases">All aliases that the person has or had.</param>
/// <param name="countries">The countries by which national phone numbers are read.</param>
/// <param name="phones">The person's numbers as they were sent, of those that were sent plain.</param>
/// <param name="digester">The digester of the workspace.</param>
public sealed class BodySearch(
    IReadOnlySet<AliasDigest> aliases,
    IReadOnlyCollection<string> countries,
    IEnumerable<string> phones,
    AliasDigester digester
)
{
    /// <summary>Digests that name the person in any body.</summary>
    public Guid[] Exact { get; } = [.. aliases.Select(alias => alias.Value)];

    /// <summary>
    /// Digests of the ends of the person's phone numbers: a body that has one names the person if reading it confirms so.
    /// </summary>
    public Guid[] Similar { get; } = [.. phones.Select(phone => BodyMentions.PhoneEnd(phone, digester)).OfType<Guid>().Distinct()];

    public bool Names(byte[] body) => BodyTexts.Of(body).Any(text => Read(text).Any(aliases.Contains));

    private IEnumerable<AliasDigest> Read(string text) => BodyMentions.Read(text, countries, digester);
}
