using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>Turns outcomes into advice.</summary>
internal static class GoogleChecks
{
    /// <summary>Longer names are cut off in Google's own pages; our own limit, because the contract defines none.</summary>
    private const int MaxNameChars = 255;

    public static List<CheckFinding> OfAccount(Outcome outcome, bool validateOnly)
    {
        var code = outcome.Code;
        var isToken =
            code.StartsWith("google_token_", StringComparison.Ordinal) || code.Contains("unauthenticated", StringComparison.Ordinal);
        List<CheckFinding> findings = outcome.Kind switch
        {
            OutcomeKind.Done => [Good("token"), Good("permission"), Good("terms")],
            OutcomeKind.StopAccount when isToken => [Bad("token", code)],
            OutcomeKind.StopAccount =>
            [
                Good("token"),
                Bad(code.Contains("terms", StringComparison.Ordinal) ? "terms" : "permission", code),
            ],
            _ => [new("token", CheckState.NotKnown, code, Advice(code))],
        };
        if (validateOnly)
        {
            findings.Add(new("permission", CheckState.Warning, "google_validate_only", Advice("google_validate_only")));
        }

        return findings;
    }

    public static CheckFinding OfAudience(RemoteAudienceId audience, AudienceReport report)
    {
        if (report.Outcome.Kind != OutcomeKind.Done)
        {
            return new("audience", CheckState.Bad, report.Outcome.Code, Advice(report.Outcome.Code), audience);
        }

        var state = report.State switch
        {
            AudienceState.Ready => CheckState.Good,
            AudienceState.NeedsHuman => CheckState.Bad,
            _ => CheckState.Warning,
        };
        return new("audience", state, report.Code, state == CheckState.Good ? "" : Advice(report.Code), audience);
    }

    /// <summary>The member of a call that is only validated: an address that belongs to no one (RFC 2606).</summary>
    public static readonly PersonIdentifiers NoOne = new(null, "check@example.com", null, "");

    /// <param name="readable">The finding about a list that could be read.</param>
    /// <param name="outcome">Of an add to it that was only validated.</param>
    public static CheckFinding OfTrial(CheckFinding readable, Outcome outcome) =>
        outcome.Kind switch
        {
            OutcomeKind.Done => readable,
            OutcomeKind.Retry or OutcomeKind.Snooze => readable with
            {
                State = CheckState.NotKnown,
                Code = outcome.Code,
                Advice = Advice(outcome.Code),
            },
            _ => readable with { State = CheckState.Bad, Code = outcome.Code, Advice = Advice(outcome.Code) },
        };

    public static CheckFinding? OfName(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > MaxNameChars || name.Any(char.IsControl)
            ? new("name", CheckState.Bad, "google_invalid_name", $"Give the list a name of 1 to {MaxNameChars} characters.")
            : null;

    private static CheckFinding Good(string what) => new(what, CheckState.Good, "good", "");

    private static CheckFinding Bad(string what, string code) => new(what, CheckState.Bad, code, Advice(code));

    private static string Advice(string code) =>
        code switch
        {
            "google_token_invalid_grant" =>
                "The grant has expired or was revoked: connect the account again and store the new refresh token. Grants of projects in "
                    + "testing expire after 7 days.",
            "google_token_invalid_client" or "google_token_unauthorized_client" =>
                "client_id and client_secret do not belong together, or the client is not authorized for this: check the OAuth client.",
            "google_token_invalid_scope" => "Enable the Data Manager API in the Google Cloud project and grant its scope.",
            "google_unauthenticated" => "Google refuses new tokens: check that the Data Manager API is enabled in the project.",
            "google_permission_denied" =>
                "The user or service account may not manage this account, or it does not exist: check account, login_customer_id and the "
                    + "granted access.",
            "google_terms_and_conditions_not_signed" => "Accept the customer data policies of Customer Match in the Google Ads account.",
            "google_advertiser_not_allowlisted_for_uploaded_data" or "google_not_allowlisted" =>
                "The account may not upload customer data: check Google's requirements for Customer Match.",
            "google_eu_political_advertising_declaration_required" =>
                "Complete the declaration on EU political advertising in the campaigns of the account.",
            "google_required_prerequisite_link_missing" =>
                "The account is not linked to the product that this needs: create the link in the Google Ads account.",
            "answer_about_another" => "Google's response is about another list: check base_url and any proxy in between.",
            "google_validate_only" =>
                "validate_only is on: nothing is stored at Google. Remove it from the configuration when the trial is over.",
            "google_too_small" =>
                "Fewer than 100 members have matched so far. Matching can take two days, and a list below that size needs more members.",
            "google_closed" => "The list is closed: open it in Google Ads.",
            "google_read_only" => "The list belongs to another account: use one that this account owns.",
            "google_not_found" or "invalid_audience_id" => "There is no such list in this account: check remote in the binding.",
            _ => "Check again later; if it persists, look up the code in docs/errors.md.",
        };
}
