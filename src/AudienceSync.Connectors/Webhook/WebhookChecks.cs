using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>Turns outcomes into advice.</summary>
internal static class WebhookChecks
{
    /// <summary>The signature is what others call token.</summary>
    public static List<CheckFinding> OfAccount(Outcome outcome) => [Finding("token", outcome, audience: null)];

    public static CheckFinding OfAudience(RemoteAudienceId audience, Outcome outcome) => Finding("audience", outcome, audience);

    public static CheckFinding? OfName(string name)
        => WebhookSettings.IsName(name)
            ? null
            : new("name", CheckState.Bad, "webhook_invalid_name", "Give the list a name of 1 to 100 letters, digits, dots, colons, hyphens or underscores.");

    private static CheckFinding Finding(string what, Outcome outcome, RemoteAudienceId? audience) => outcome.Kind switch
    {
        OutcomeKind.Done => new(what, CheckState.Good, "good", "", audience),
        OutcomeKind.StopAccount or OutcomeKind.StopAudience => new(what, CheckState.Bad, outcome.Code, Advice(outcome.Code), audience),
        _ => new(what, CheckState.NotKnown, outcome.Code, Advice(outcome.Code), audience),
    };

    private static string Advice(string code) => code switch
    {
        "webhook_401" => "The receiver refuses the signature: both sides must have the same app_secret, and clocks that agree to five minutes.",
        "webhook_403" => "The receiver does not know this account: look at account.",
        "webhook_404" or "webhook_410" or "invalid_audience_id" => "The receiver has no such list: look at remote in the binding, and at base_url.",
        "network" or "timeout" => "Nobody answers at base_url: look at the address and the receiver.",
        _ when code.StartsWith("webhook_3", StringComparison.Ordinal) => "The receiver has moved: write its new address in base_url.",
        _ when code.StartsWith("webhook_unknown_4", StringComparison.Ordinal) => "The receiver does not understand the question: does it know the operation check (docs/webhook.md)?",
        _ => "Ask again later; if it lasts, look at the receiver and the code in docs/errors.md.",
    };
}
