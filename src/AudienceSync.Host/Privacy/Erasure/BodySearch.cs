using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Privacy.Erasure;

/// <summary>
/// Tells whether a body names a person: each text of it, wherever it stands, is read as every kind of identifier and looked for among their aliases.
/// Without the aliases nobody could tell, so it runs before they go. <see cref="Exact"/> and <see cref="Similar"/> lead to the bodies that are worth
/// opening; see <see cref="BodyMentions"/>.
/// </summary>
/// <param name="aliases">All that the person is or was called.</param>
/// <param name="countries">By which national phone numbers are read.</param>
/// <param name="phones">Their numbers as they were sent, as far as they were sent plain.</param>
/// <param name="digester">Of the workspace.</param>
public sealed class BodySearch(
    IReadOnlySet<AliasDigest> aliases, IReadOnlyCollection<string> countries, IEnumerable<string> phones, AliasDigester digester)
{
    /// <summary>Digests that name the person in whatever body they stand.</summary>
    public Guid[] Exact { get; } = [.. aliases.Select(alias => alias.Value)];

    /// <summary>Digests of the ends of their phone numbers: a body that has one names the person if it does so when read.</summary>
    public Guid[] Similar { get; } = [.. phones.Select(phone => BodyMentions.PhoneEnd(phone, digester)).OfType<Guid>().Distinct()];

    public bool Names(byte[] body) => BodyTexts.Of(body).Any(text => Read(text).Any(aliases.Contains));

    private IEnumerable<AliasDigest> Read(string text) => BodyMentions.Read(text, countries, digester);
}
