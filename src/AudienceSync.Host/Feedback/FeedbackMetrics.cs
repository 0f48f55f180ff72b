using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AudienceSync.Host.Feedback;

/// <summary>Counts the items of feedback of a workspace by source.</summary>
public sealed class FeedbackMetrics(string workspace, Counter<long> items)
{
    internal void Count(string source, FeedbackTally tally)
    {
        Add(source, "accepted", tally.Accepted);
        Add(source, "rejected", tally.Rejected);
        Add(source, "dropped", tally.Dropped);
    }

    private void Add(string source, string result, int count)
    {
        if (count > 0)
        {
            items.Add(
                count,
                new TagList
                {
                    { "workspace", workspace },
                    { "source", source },
                    { "result", result },
                }
            );
        }
    }
}
