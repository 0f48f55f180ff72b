namespace AudienceSync.Host.Feedback;

/// <summary>The streams that a source's feedback reads, each with a cursor of its own. Their names are stored and shown.</summary>
internal static class FeedbackStreams
{
    /// <summary>Suppressions and message outcomes, by position of the log.</summary>
    public const string Traits = "traits";

    /// <summary>Steps of journeys, by their number.</summary>
    public const string Steps = "steps";

    private const string DeliveriesPrefix = "deliveries/";

    /// <summary>The deliveries of an ad account. Their numbers grow in commit order within it, and not across accounts.</summary>
    public static string DeliveriesOf(string destination) => DeliveriesPrefix + destination;

    /// <summary>The ad account of a stream of deliveries; null for another stream.</summary>
    public static string? DestinationOf(string stream) =>
        stream.StartsWith(DeliveriesPrefix, StringComparison.Ordinal) ? stream[DeliveriesPrefix.Length..] : null;
}
