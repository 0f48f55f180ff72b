using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>Turns outcomes into advice.</summary>
internal static class MetaChecks
{
    /// <summary>Our own limit; the contract defines none.</summary>
    private const int MaxNameChars = 200;

    public static List<CheckFinding> OfAccount(Outcome outcome, bool? termsAccepted)
    {
        if (outcome.Kind != OutcomeKind.Done)
        {
            var isToken = outcome.Code.StartsWith("meta_190", StringComparison.Ordinal) || outcome.Code is "meta_102" or "meta_104";
            var state = outcome.Kind is OutcomeKind.StopAccount or OutcomeKind.StopAudience ? CheckState.Bad : CheckState.NotKnown;
            return [new(isToken || state == CheckState.NotKnown ? "token" : "permission", state, outcome.Code, Advice(outcome.Code))];
        }

        var terms = termsAccepted switch
        {
            true => new CheckFinding("terms", CheckState.Good, "good", ""),
            false => new CheckFinding("terms", CheckState.Bad, "meta_terms_not_accepted", Advice("meta_terms_not_accepted")),
            null => new CheckFinding("terms", CheckState.NotKnown, "meta_terms_not_reported", Advice("meta_terms_not_accepted")),
        };
        return [new("token", CheckState.Good, "good", ""), new("permission", CheckState.Good, "good", ""), terms];
    }

    public static CheckFinding OfAudience(RemoteAudienceId audience, AudienceReport report)
    {
        if (report.Outcome.Kind != OutcomeKind.Done)
        {
            return new("audience", CheckState.Bad, report.Outcome.Code, Advice(report.Outcome.Code), audience);
        }

        return report.State switch
        {
            AudienceState.Ready => new("audience", CheckState.Good, report.Code, "", audience),
            AudienceState.NeedsHuman => new("audience", CheckState.Bad, report.Code, Advice(report.Code), audience),
            AudienceState.Unknown => new("audience", CheckState.NotKnown, report.Code, Advice(report.Code), audience),
            _ => new("audience", CheckState.Warning, report.Code, Advice(report.Code), audience),
        };
    }

    public static CheckFinding? OfName(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > MaxNameChars || name.Any(char.IsControl)
            ? new("name", CheckState.Bad, "meta_invalid_name", $"Give the audience a name of 1 to {MaxNameChars} characters.")
            : null;

    private static string Advice(string code) =>
        code switch
        {
            "meta_104" => "The app secret does not belong to the app of the token: check app_secret.",
            "meta_10" or "meta_200" or "meta_294" or "meta_270" or "meta_3" =>
                "The token may not manage audiences here: grant ads_management for this account.",
            "answer_about_another" => "Meta's response is about another audience or account: check base_url and any proxy in between.",
            "meta_2635" => "This API version is no longer available: set a newer api_version.",
            "meta_100_33" or "meta_803" or "invalid_audience_id" =>
                "There is no such audience, or the token may not read it: check remote in the binding.",
            "meta_terms_not_accepted" =>
                "Accept the customer list terms: business.facebook.com/ads/manage/customaudiences/tos/ for this account.",
            "meta_status_100" => "Unused for two years: Meta deletes it 90 days after this notice. Use it in an ad set.",
            "meta_status_410" => "Nothing has been uploaded yet.",
            "meta_delivery_300" => "Too few people have matched to deliver. It takes up to a day, and needs more members below that.",
            "meta_status_411" => "Few rows match: send more identifiers of each person.",
            "meta_status_412" => "Many rows are invalid: check the rejected members.",
            "meta_status_414" => "A replacement of all members is running; adds and removes wait for it.",
            "meta_status_415" => "A replacement of all members failed: resync the audience.",
            "meta_status_471" => "Meta flagged the audience: change its name or description in Ads Manager, or appeal there.",
            _ when code.StartsWith("meta_190", StringComparison.Ordinal) =>
                "The token has expired or was revoked: create a new one, preferably for a system user.",
            _ => "Check again later; if it persists, check the audience in Ads Manager and look up the code in docs/errors.md.",
        };
}
