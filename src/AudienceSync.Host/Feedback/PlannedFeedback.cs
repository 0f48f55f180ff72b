using AudienceSync.Connectors.CustomerIo;

namespace AudienceSync.Host.Feedback;

/// <summary>A source whose sender gets feedback, after every check of its settings.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Service">Sends to the sender.</param>
public sealed record PlannedFeedback(string Source, CustomerIoFeedback Service);

/// <summary>The feedback of a workspace.</summary>
/// <param name="Workspace">Its name.</param>
/// <param name="Sources">The sources that get some.</param>
/// <param name="Destinations">The workspace's ad accounts.</param>
public sealed record FeedbackPlan(string Workspace, IReadOnlyList<PlannedFeedback> Sources, IReadOnlyList<string> Destinations)
{
    /// <summary>The feedback of a source; null when it gets none.</summary>
    public PlannedFeedback? Find(string source) => Sources.FirstOrDefault(planned => planned.Source == source);
}
