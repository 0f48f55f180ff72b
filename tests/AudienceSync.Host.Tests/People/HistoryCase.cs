namespace AudienceSync.Host.Tests.People;

/// <summary>The parameters of a run over a thousand histories.</summary>
/// <param name="Seed">Seed of all randomness.</param>
/// <param name="BatchEvents">Webhooks per commit.</param>
/// <param name="PageEvents">Events per page of the projector.</param>
/// <param name="Consent">What requires consent: a key, a destination, or nothing.</param>
/// <param name="ErasuresPerWebhook">Erasure requests per webhook.</param>
internal sealed record HistoryCase(int Seed, int BatchEvents, int PageEvents, string Consent, double ErasuresPerWebhook)
{
    public const int Keys = 2;

    /// <summary>The window of the second key: some adds are older than it, some are not.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(55);

    public bool KeyRequiresConsent => Consent == "key requires";

    public bool DestinationRequiresConsent => Consent == "destination requires";
}
