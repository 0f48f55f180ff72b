namespace AudienceSync.Host.Tests.People;

/// <summary>How a thousand histories are played.</summary>
/// <param name="Seed">Of everything that is left to chance.</param>
/// <param name="BatchEvents">Webhooks of one commit.</param>
/// <param name="PageEvents">Events that the projector folds at once.</param>
/// <param name="Consent">Who demands it.</param>
/// <param name="ErasuresPerWebhook">How often somebody asks to be forgotten.</param>
internal sealed record HistoryCase(int Seed, int BatchEvents, int PageEvents, string Consent, double ErasuresPerWebhook)
{
    public const int Keys = 2;

    /// <summary>For how long an add to the second key holds: some are said longer ago, some later.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(55);

    public bool KeyRequiresConsent => Consent == "key requires";

    public bool DestinationRequiresConsent => Consent == "destination requires";
}
