using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Destinations;

/// <summary>One of the shop's ad accounts, and how its platform wants to be given people. Written from the platforms' pages; the engine is not asked.</summary>
/// <param name="Name">In audiencesync.yaml.</param>
/// <param name="Remotes">What the platform's ids of the shop's audiences begin with; the journey's number follows.</param>
/// <param name="EmailKey">The sandbox's name for digests of e-mail addresses.</param>
/// <param name="PhoneKey">The sandbox's name for digests of phones.</param>
internal sealed record Destination(string Name, string Platform, string Account, string Remotes, string EmailKey, string PhoneKey)
{
    /// <summary>What is hashed of an address in lower case.</summary>
    public Func<string, string> EmailForm { get; init; } = email => email;

    /// <summary>What is hashed of the digits of a number with its country.</summary>
    public Func<string, string> PhoneForm { get; init; } = digits => digits;

    public string RemoteOf(IJourney journey) => Remotes + journey.Number;
}
