using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>Turns outcomes into advice.</summary>
internal static class WebhookChecks
{
    /// <summary>Without a template for it nothing can be asked.</summary>
    public static CheckFinding NoCheck { get; } =
        new(
            "token",
            CheckState.NotKnown,
            "no_check_template",
            "The receiver is not asked anything: add templates.check, if it has a call that changes nothing."
        );

    /// <summary>The signature has the role of the token at other platforms.</summary>
    public static List<CheckFinding> OfAccount(Outcome outcome) => [Finding("token", outcome, audience: null)];

    /// <summary>What the answers about lists prove about the account: one that was given is enough.</summary>
    public static IEnumerable<CheckFinding> OfLists(IEnumerable<Outcome> outcomes) =>
        outcomes
            .OrderBy(outcome =>
                outcome.Kind switch
                {
                    OutcomeKind.Done => 0,
                    OutcomeKind.StopAccount => 1,
                    _ => 2,
                }
            )
            .Take(1)
            .SelectMany(OfAccount);

    /// <summary>A list that the template of the check does not name.</summary>
    public static CheckFinding NotAsked(RemoteAudienceId audience) =>
        new(
            "audience",
            CheckState.NotKnown,
            "no_check_template",
            "The receiver is not asked about the list: name {{audience}} in templates.check.",
            audience
        );

    public static CheckFinding OfAudience(RemoteAudienceId audience, Outcome outcome) => Finding("audience", outcome, audience);

    public static CheckFinding? OfName(string name) =>
        WebhookSettings.IsName(name)
            ? null
            : new(
                "name",
                CheckState.Bad,
                "webhook_invalid_name",
                "Give the list a name of 1 to 100 letters, digits, dots, colons, hyphens or underscores."
            );

    private static CheckFinding Finding(string what, Outcome outcome, RemoteAudienceId? audience) =>
        outcome.Kind switch
        {
            OutcomeKind.Done => new(what, CheckState.Good, "good", "", audience),
            OutcomeKind.StopAccount or OutcomeKind.StopAudience => new(what, CheckState.Bad, outcome.Code, Advice(outcome.Code), audience),
            _ => new(what, CheckState.NotKnown, outcome.Code, Advice(outcome.Code), audience),
        };

    private static string Advice(string code) =>
        code switch
        {
            "webhook_401" => "The receiver refuses the signature: both sides must have the same app_secret, and "
                + "clocks that differ by at most five minutes.",
            "webhook_403" => "The receiver does not recognize this account: check account.",
            "webhook_404" or "webhook_410" or "invalid_audience_id" =>
                "The receiver has no such list: check remote in the binding, and base_url.",
            "network" or "timeout" => "No response from base_url: check the address and the receiver.",
            _ when code.StartsWith("webhook_3", StringComparison.Ordinal) => "The receiver has moved: set base_url to its new address.",
            _ when code.StartsWith("webhook_unknown_4", StringComparison.Ordinal) =>
                "The receiver does not understand the check: make sure that it supports the operation check (docs/webhook.md).",
            _ => "Check again later; if it persists, check the receiver and look up the code in docs/errors.md.",
        };
}
