namespace AudienceSync.Connectors.CustomerIo;

/// <summary>Turns the answer to the question for the region into findings.</summary>
internal static class CustomerIoChecks
{
    public static IReadOnlyList<CheckFinding> Of(FeedbackOutcome outcome, string code, string? region, string configured) =>
        outcome switch
        {
            FeedbackOutcome.Accepted when region is null =>
            [
                new("token", CheckState.NotKnown, "not_understood", "The answer names no region: check base_url."),
            ],
            FeedbackOutcome.Accepted => [new("token", CheckState.Good, "good", ""), Region(region!, configured)],
            FeedbackOutcome.Unauthorized =>
            [
                new("token", CheckState.Bad, code, "Customer.io does not accept site_id and api_key: copy both from its Track API keys."),
            ],
            FeedbackOutcome.Misdirected or FeedbackOutcome.Refused =>
            [
                new("token", CheckState.Bad, code, "There is no Track API at this address: check base_url and region."),
            ],
            _ => [new("token", CheckState.NotKnown, code, "No usable answer: check again later, and the network.")],
        };

    private static CheckFinding Region(string region, string configured) =>
        region == configured
            ? new("region", CheckState.Good, "good", "")
            : new(
                "region",
                CheckState.Bad,
                "cio_wrong_region",
                $"The credentials belong to a workspace in {region}, and region is {configured}: set it to {region}."
            );
}
