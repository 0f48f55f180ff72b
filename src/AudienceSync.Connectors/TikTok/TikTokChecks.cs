using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>Turns outcomes into advice.</summary>
internal static class TikTokChecks
{
    public static List<CheckFinding> OfAccount(Outcome token, Outcome advertiser) =>
        [
            Finding("token", token),
            token.Kind == OutcomeKind.Done
                ? Finding("permission", advertiser)
                : new("permission", CheckState.NotKnown, token.Code, Advice(token.Code)),
        ];

    public static CheckFinding OfAudience(RemoteAudienceId audience, AudienceReport report)
    {
        if (report.Outcome.Kind != OutcomeKind.Done)
        {
            return new("audience", CheckState.Bad, report.Outcome.Code, Advice(report.Outcome.Code), audience);
        }

        return report.State == AudienceState.Ready
            ? new("audience", CheckState.Good, report.Code, "", audience)
            : new("audience", CheckState.Warning, report.Code, Advice(report.Code), audience);
    }

    public static CheckFinding? OfName(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > TikTokLimits.MaxNameChars || name.Any(char.IsControl)
            ? new(
                "name",
                CheckState.Bad,
                "tiktok_invalid_name",
                $"Give the audience a name of 1 to {TikTokLimits.MaxNameChars} characters: TikTok cuts longer ones."
            )
            : null;

    private static CheckFinding Finding(string what, Outcome outcome) =>
        outcome.Kind switch
        {
            OutcomeKind.Done => new(what, CheckState.Good, "good", ""),
            OutcomeKind.StopAccount or OutcomeKind.StopAudience => new(what, CheckState.Bad, outcome.Code, Advice(outcome.Code)),
            _ => new(what, CheckState.NotKnown, outcome.Code, Advice(outcome.Code)),
        };

    private static string Advice(string code) =>
        code switch
        {
            "tiktok_40001" => "The token is not authorized for this: grant the app the audience scopes (30 and 31) for this advertiser.",
            "tiktok_40102" or "tiktok_40104" or "tiktok_40105" or "tiktok_40110" =>
                "The token is missing, wrong or revoked: authorize the app again and store the new token.",
            "tiktok_40106" or "tiktok_40119" => "The token belongs to another advertiser or company: check account.",
            "tiktok_40113" or "tiktok_40118" or "tiktok_40124" or "tiktok_40125" =>
                "The app is blocked or not allowed: check it in TikTok's developer portal.",
            "tiktok_40300" or "tiktok_40301" => "There is no such advertiser: check account.",
            "tiktok_40006" or "tiktok_40051" => "This API version is no longer available: set a newer api_version.",
            "answer_about_another" => "TikTok's response is about another audience: check base_url and any proxy in between.",
            "tiktok_too_small" =>
                "Fewer than 1,000 people have matched so far. Matching takes one to two days, and an audience below that size needs more "
                    + "members.",
            "tiktok_not_valid" => "TikTok is still computing it, or it has expired: check it in the Audience Manager.",
            "tiktok_expiring" => "It expires within 60 days: use it in an active ad group.",
            "tiktok_audience_not_there" or "tiktok_40007" or "invalid_audience_id" =>
                "There is no such audience at this advertiser: check remote in the binding.",
            "http_404" or "http_405" => "This is not TikTok's API: check base_url and api_version.",
            _ => "Check again later; if it persists, look up the code in docs/errors.md.",
        };
}
