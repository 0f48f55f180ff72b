using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Destinations;

/// <summary>
/// One of the shop's ad accounts and the identifier format that its platform expects. Written from the platforms' documentation,
/// independently of the engine.
/// </summary>
/// <param name="Name">The name in audiencesync.yaml.</param>
/// <param name="RemotePrefix">The prefix of the platform's ids of the shop's audiences; the journey's number follows.</param>
/// <param name="EmailKey">The sandbox's name for digests of e-mail addresses.</param>
/// <param name="PhoneKey">The sandbox's name for digests of phones.</param>
internal sealed record Destination(string Name, string Platform, string Account, string RemotePrefix, string EmailKey, string PhoneKey)
{
    /// <summary>Converts an address in lower case to the text that is hashed.</summary>
    public Func<string, string> EmailForm { get; init; } = email => email;

    /// <summary>Converts the digits of a number with its country code to the text that is hashed.</summary>
    public Func<string, string> PhoneForm { get; init; } = digits => digits;

    public string RemoteOf(IJourney journey) => RemotePrefix + journey.Number;
}
