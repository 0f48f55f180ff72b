using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Requests;

/// <summary>
/// Error responses, with their stable codes. Each is created per response: the framework writes the request's trace id into it, so an
/// instance shared by two requests would be written by both concurrently.
/// </summary>
internal static class QueryProblem
{
    public static IResult Unauthorized => Of(401, "unauthorized", "The operator token is missing or unknown. Send it as a Bearer token.");

    public static IResult InvalidBody =>
        Of(
            400,
            "invalid_body",
            "The body is not a JSON object that this route accepts: a property is unknown, missing "
                + "or of the wrong type, or a list has null."
        );

    public static IResult MalformedJson =>
        Of(400, "malformed_json", "The body is not one JSON value in UTF-8 without duplicate properties, at most 32 levels deep.");

    public static IResult InvalidText => Of(400, "invalid_text", "A text contains NUL or an unpaired surrogate.");

    public static IResult BodyTooLarge =>
        Of(413, "body_too_large", "The body exceeds the limit of this route; docs/LIMITS.md lists the limits.");

    public static IResult UnsupportedType => Of(415, "unsupported_media_type", "Send Content-Type: application/json in UTF-8.");

    public static IResult UnsupportedEncoding => Of(415, "unsupported_encoding", "Send the body without Content-Encoding.");

    public static IResult UnknownRoute => Of(404, "unknown_route", "No such route.");

    public static IResult MethodNotAllowed =>
        Of(405, "method_not_allowed", "This route does not support this method; the Allow header lists the supported methods.");

    public static IResult InvalidAddress =>
        Of(400, "invalid_address", "A segment of the path has more than 200 characters, or a control character.");

    public static IResult UnknownParameter => Of(400, "unknown_parameter", "This route has no such query parameter. Nothing was changed.");

    /// <summary>The name is one that the route declares, so the response repeats nothing of the request.</summary>
    public static IResult InvalidParameter(string name) =>
        Of(
            400,
            "invalid_parameter",
            $"The query parameter {name} is missing, empty, repeated, longer than 200 characters or malformed. Nothing was changed.",
            parameter: name
        );

    public static IResult BrokenRequest(int status) =>
        Of(
            400,
            "broken_request",
            "The request was received incompletely, or too slowly. Nothing was changed, except for "
                + "lines of a list that were received before.",
            actual: status
        );

    public static IResult UnknownWorkspace => Of(404, "unknown_workspace", "No such workspace is configured.");

    public static IResult UnknownKey => Of(404, "unknown_audience_key", "No audience has published this key.");

    public static IResult UnknownPerson => Of(404, "unknown_person", "No person has this identifier.");

    public static IResult UnknownDestination =>
        Of(404, "unknown_destination", "No such destination is configured, or it feeds no such remote audience.");

    public static IResult ExposuresOff =>
        Of(409, "exposures_off", "This workspace logs no exposures. Add the section exposures to it, for example exposures: {}.");

    public static IResult InvalidWindow =>
        Of(
            422,
            "invalid_window",
            "Send from, and to if it has ended: from must be before to, by at most 400 days, for which deliveries are kept."
        );

    /// <param name="code">Why it is stopped: a stable code.</param>
    public static IResult DestinationStopped(string code) =>
        Of(
            409,
            "destination_stopped",
            $"The account is stopped with {code}. Correct its cause and resume it first: what is sent to a stopped account is only kept."
        );

    /// <param name="code">What the check found: a stable code.</param>
    public static IResult DestinationRefused(string code) =>
        Of(
            409,
            "destination_check_failed",
            $"The platform still refuses us with {code}, so everything would fail again. Correct it first; destinations check shows more."
        );

    public static IResult UnknownPlan =>
        Of(404, "unknown_plan", "No plan has this number. GET /v1/plans shows those that wait for approval.");

    public static IResult UnknownRun =>
        Of(404, "unknown_run", "No run has this number, or it is past its retention. GET /v1/runs lists them.");

    public static IResult PlanEnded =>
        Of(409, "plan_ended", "This plan was executed, or none of its removals are left. GET /v1/plans shows the plans that wait now.");

    public static IResult InvalidReason =>
        Of(422, "invalid_reason", "by must have 1 to 100 characters, why at most 500, and neither may contain NUL.");

    public static IResult UnknownLinkStop => Of(404, "unknown_link_stop", "No identifier of this person has stopped linking.");

    public static IResult UnknownErasure => Of(404, "unknown_erasure", "No erasure has this id.");

    public static IResult SeveralPeople =>
        Of(
            422,
            "several_people",
            "The identifiers belong to several people. Query each person by their own identifier; "
                + "a shared address belongs to the person that claimed it last."
        );

    public static IResult InvalidIdentifiers =>
        Of(
            422,
            "invalid_identifiers",
            "Send at least one of customer_id, email and phone, each of them valid "
                + "(a national phone needs country; digests need hashed, as in a source's configuration)."
        );

    public static IResult InvalidLimit => Of(400, "invalid_limit", "limit must be a whole number from 1 to 1000.");

    public static IResult InvalidMoment =>
        Of(400, "invalid_moment", "Times must be in ISO 8601, for example 2026-11-21T17:00:00Z. In a URL, encode + as %2B.");

    public static IResult InvalidMode =>
        Of(400, "invalid_mode", "mode must be happened (by the time events occurred) or known (by what had been recorded).");

    public static IResult InvalidIdentifier =>
        Of(422, "invalid_identifier", "Send exactly one of customer_id, email and phone (a phone needs country unless it starts with +).");

    public static IResult ListTooLarge =>
        Of(
            413,
            "list_too_large",
            "A suppression list may have at most 16 MiB. Lines before that limit were recorded; upload the rest in parts."
        );

    public static IResult InvalidList(string detail) => Of(422, "invalid_list", detail);

    public static IResult UnknownSource =>
        Of(404, "unknown_source", "No source of this workspace has this name; GET /v1/sources lists them.");

    public static IResult UnknownNotice =>
        Of(404, "unknown_notice", "No notice has this number, or it is past its retention. GET /v1/alerts lists them.");

    public static IResult UnknownChannel => Of(404, "unknown_channel", "No such alert channel is configured. GET /v1/alerts lists them.");

    public static IResult UnknownSilence => Of(404, "unknown_silence", "No silence has this number, or it is over.");

    public static IResult InvalidSilence =>
        Of(
            422,
            "invalid_silence",
            "Send at least one of rule, destination and subject, a rule that exists, and until: a time within the next 90 days."
        );

    public static IResult UnknownMessage => Of(404, "unknown_message", "No failed message has this id.");

    public static IResult UnknownEntry => Of(404, "unknown_quarantine_entry", "No such open entry in quarantine.");

    public static IResult BodyNotKept =>
        Of(
            404,
            "body_not_kept",
            "No body is kept for this event: it is unknown, it did not come from a sender, its "
                + "retention has ended, or its person was erased."
        );

    /// <summary>The text comes from the planner: the position of the error, and the remedy.</summary>
    public static IResult InvalidDeclaration(string detail) => Of(422, "invalid_declaration", detail);

    /// <summary>
    /// A refusal of the registry: 404 for what does not exist, 422 for what is never valid, 409 for a conflict with the current state.
    /// </summary>
    public static IResult Of(AudienceRefusal refusal) =>
        Of(
            refusal.Code switch
            {
                "audience_not_created" => 502,
                "unknown_audience" or "unknown_audience_key" or "unknown_destination" or "unknown_experiment" or "audience_not_bound" =>
                    404,
                "audience_name_invalid"
                or "audience_text_invalid"
                or "audience_terms_invalid"
                or "late_events_invalid"
                or "experiment_invalid"
                or "binding_invalid"
                or "audience_not_creatable" => 422,
                _ => 409,
            },
            refusal.Code,
            refusal.Nameless,
            retryable: refusal.Code is "registry_conflict" or "audience_not_created"
        );

    private static IResult Of(int status, string code, string detail, bool retryable = false, string? parameter = null, int? actual = null)
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code, ["retryable"] = retryable };
        if (parameter is not null)
        {
            extensions["parameter"] = parameter;
        }

        return Results.Problem(
            detail,
            statusCode: actual ?? status,
            title: code.Replace('_', ' '),
            type: "urn:audiencesync:problem:" + code,
            extensions: extensions
        );
    }
}
