using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>Turns outcomes into advice.</summary>
internal static class TikTokChecks
{
    public static List<CheckFinding> OfAccount(Outcome token, Outcome advertiser) =>
    [
        Finding("token", token),
        token.Kind == OutcomeKind.Done ? Finding("permission", advertiser) : new("permission", CheckState.NotKnown, token.Code, Advice(token.Code)),
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

    public static CheckFinding? OfName(string name)
        => string.IsNullOrWhiteSpace(name) || name.Length > TikTokLimits.MaxNameChars || name.Any(char.IsControl)
            ? new("name", CheckState.Bad, "tiktok_invalid_name", $"Give the audience a name of 1 to {TikTokLimits.MaxNameChars} characters: TikTok cuts longer ones.")
            : null;

    private static CheckFinding Finding(string what, Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Done => new(what, CheckState.Good, "good", ""),
        OutcomeKind.StopAccount or OutcomeKind.StopAudience => new(what, CheckState.Bad, outcome.Code, Advice(outcome.Code)),
        _ => new(what, CheckState.NotKnown, outcome.Code, Advice(outcome.Code)),
    };

    private static string Advice(string code) => code switch
    {
        "tiktok_40001" => "The token may not do this: grant the app the audience scopes (30 and 31) for this advertiser.",
        "tiktok_40102" or "tiktok_40104" or "tiktok_40105" or "tiktok_40110" => "The token is missing, wrong or revoked: authorise the app again and store the new token.",
        "tiktok_40106" or "tiktok_40119" => "The token belongs to another advertiser or company: look at account.",
        "tiktok_40113" or "tiktok_40118" or "tiktok_40124" or "tiktok_40125" => "The app is blocked or not allowed: look at it in TikTok's developer portal.",
        "tiktok_40300" or "tiktok_40301" => "There is no such advertiser: look at account.",
        "tiktok_40006" or "tiktok_40051" => "This version of the interface is gone: set a newer api_version.",
        "answer_about_another" => "TikTok answered about another audience: look at base_url and at whatever stands between.",
        "tiktok_too_small" => "Fewer than 1,000 people have matched so far. It takes one to two days, and needs more members below that.",
        "tiktok_not_valid" => "TikTok is still computing it, or it has expired: look at it in the Audience Manager.",
        "tiktok_expiring" => "It expires within 60 days: use it in an active ad group.",
        "tiktok_audience_not_there" or "tiktok_40007" or "invalid_audience_id" => "There is no such audience at this advertiser: look at remote in the binding.",
        "http_404" or "http_405" => "This is not TikTok's interface: look at base_url and api_version.",
        _ => "Ask again later; if it lasts, look the code up in docs/errors.md.",
    };
}
