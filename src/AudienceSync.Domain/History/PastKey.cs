using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.History;

/// <summary>A key as it is looked back at: its terms, and whose events count for it beside its own.</summary>
/// <param name="AudienceKey">Its name.</param>
/// <param name="Window">How long an add holds; null when it holds until a remove.</param>
/// <param name="Policy">What it asks of a person's consent.</param>
public sealed record PastKey(string AudienceKey, TimeSpan? Window, ConsentPolicy Policy)
{
    /// <summary>The versions it inherits from, however many publications lie between; empty when only its own events count.</summary>
    public IReadOnlyList<string> Predecessors { get; init; } = [];

    /// <summary>The event that published it. Before it, nothing of its predecessors was known to be its own.</summary>
    public Position Published { get; init; }

    /// <summary>Whether facts of a key count for this one.</summary>
    public bool Hears(string audienceKey) => audienceKey == AudienceKey || IsInherited(audienceKey);

    /// <summary>The same as of a moment. By what happened, a version is looked at as if it had always been.</summary>
    public bool Hears(string audienceKey, AsOf asOf) =>
        audienceKey == AudienceKey || ((asOf.Meaning == AsOfMeaning.Happened || asOf.Last >= Published) && IsInherited(audienceKey));

    private bool IsInherited(string audienceKey)
    {
        foreach (var predecessor in Predecessors)
        {
            if (predecessor == audienceKey)
            {
                return true;
            }
        }

        return false;
    }
}
