using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Query;

/// <summary>
/// Refusals of questions, with their stable codes. Each is made when it is answered: the framework writes the request's trace into it, so one
/// shared by two requests would be written by both at once.
/// </summary>
internal static class QueryProblem
{
    public static IResult Unauthorized => Of(401, "unauthorized", "The operator's token is missing or unknown. Send it as Bearer.");

    public static IResult InvalidBody => Of(
        400, "invalid_body", "The body is no JSON object as this address takes it: a member is unknown, missing or of the wrong type, or a list holds null.");

    public static IResult MalformedJson => Of(
        400, "malformed_json", "The body is not one JSON value in UTF-8 without duplicate properties, at most 32 levels deep.");

    public static IResult InvalidText => Of(400, "invalid_text", "A text holds NUL or half of a surrogate pair.");

    public static IResult BodyTooLarge => Of(413, "body_too_large", "The body exceeds what this address takes; docs/LIMITS.md has the figures.");

    public static IResult UnsupportedType => Of(415, "unsupported_media_type", "Send Content-Type: application/json in UTF-8.");

    public static IResult UnsupportedEncoding => Of(415, "unsupported_encoding", "Send the body without Content-Encoding.");

    public static IResult UnknownRoute => Of(404, "unknown_route", "This address leads nowhere.");

    public static IResult MethodNotAllowed => Of(405, "method_not_allowed", "This address does not take this method; the header Allow lists those it takes.");

    public static IResult InvalidAddress => Of(400, "invalid_address", "A part of the address has more than 200 characters, or a control character.");

    public static IResult UnknownParameter => Of(400, "unknown_parameter", "This address has no such query parameter. Nothing was done.");

    /// <summary>The name is one that the address declares, so it repeats nothing that was sent.</summary>
    public static IResult InvalidParameter(string name) => Of(
        400, "invalid_parameter", $"The query parameter {name} is missing, empty, there twice, longer than 200 characters or not of its form. Nothing was done.", parameter: name);

    public static IResult BrokenRequest(int status) => Of(
        400, "broken_request", "The request did not arrive whole, or too slowly. Nothing of it was done, except lines of a list that came before.", actual: status);

    public static IResult UnknownWorkspace => Of(404, "unknown_workspace", "No such workspace is configured.");

    public static IResult UnknownKey => Of(404, "unknown_audience_key", "No audience has published this key.");

    public static IResult UnknownPerson => Of(404, "unknown_person", "Nobody is known by this identifier.");

    public static IResult UnknownDestination => Of(404, "unknown_destination", "No such destination is configured, or it feeds no such list.");

    public static IResult UnknownPlan => Of(404, "unknown_plan", "No plan has this number. GET /v1/plans shows those that wait.");

    public static IResult PlanEnded => Of(409, "plan_ended", "This plan was carried out, or nothing is left of it. What waits now is another: GET /v1/plans.");

    public static IResult InvalidReason => Of(422, "invalid_reason", "by has 1 to 100 characters, why at most 500, neither a NUL.");

    public static IResult UnknownLinkStop => Of(404, "unknown_link_stop", "No identifier of this person has stopped linking.");

    public static IResult UnknownErasure => Of(404, "unknown_erasure", "No erasure has this id.");

    public static IResult SeveralPeople => Of(422, "several_people", "The identifiers belong to several people. Ask for each by his own; a shared address belongs to who said it last.");

    public static IResult InvalidIdentifiers => Of(422, "invalid_identifiers", "Give at least one of customer_id, email and phone, each readable (a national phone needs country; digests need hashed, as in a source's configuration).");

    public static IResult InvalidLimit => Of(400, "invalid_limit", "limit must be a whole number from 1 to 1000.");

    public static IResult InvalidMoment => Of(400, "invalid_moment", "Give moments in ISO 8601: 2026-11-21T17:00:00Z. In an address a + is written %2B.");

    public static IResult InvalidMode => Of(400, "invalid_mode", "mode must be happened (by what had happened) or known (by what we knew).");

    public static IResult InvalidIdentifier => Of(422, "invalid_identifier", "Give exactly one of customer_id, email and phone (a phone needs country unless it starts with +).");

    public static IResult ListTooLarge => Of(413, "list_too_large", "A suppression list may have 16 MiB. Lines before the end of it are in the log: upload it in parts.");

    public static IResult InvalidList(string detail) => Of(422, "invalid_list", detail);

    public static IResult UnknownEntry => Of(404, "unknown_quarantine_entry", "No such entry is open in quarantine.");

    /// <summary>The text is the planner's: place by position, and remedy.</summary>
    public static IResult InvalidDeclaration(string words) => Of(422, "invalid_declaration", words);

    /// <summary>What the registry refuses: 404 for what is not there, 409 for what is otherwise, 422 for what can never be.</summary>
    public static IResult Of(AudienceRefusal refusal) => Of(
        refusal.Code switch
        {
            "unknown_audience" or "unknown_audience_key" or "unknown_destination" or "audience_not_bound" => 404,
            "audience_name_invalid" or "audience_text_invalid" or "audience_terms_invalid" or "late_events_invalid" or "binding_invalid" => 422,
            _ => 409,
        },
        refusal.Code, refusal.Nameless, retryable: refusal.Code == "registry_conflict");

    private static IResult Of(int status, string code, string detail, bool retryable = false, string? parameter = null, int? actual = null)
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code, ["retryable"] = retryable };
        if (parameter is not null)
        {
            extensions["parameter"] = parameter;
        }

        return Results.Problem(detail, statusCode: actual ?? status, title: code.Replace('_', ' '), type: "urn:audiencesync:problem:" + code, extensions: extensions);
    }
}
