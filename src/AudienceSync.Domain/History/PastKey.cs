using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.History;

/// <summary>A key as of a moment in the past: its terms, and the keys whose events also count for it.</summary>
/// <param name="AudienceKey">Its name.</param>
/// <param name="Window">How long an add holds; null when it holds until a remove.</param>
/// <param name="Policy">The consent it requires.</param>
public sealed record PastKey(string AudienceKey, TimeSpan? Window, ConsentPolicy Policy)
{
    /// <summary>The versions it inherits from, including indirect ones; empty when only its own events count.</summary>
    public IReadOnlyList<string> Predecessors { get; init; } = [];

    /// <summary>The event that published it. Before it, events of its predecessors did not count for it.</summary>
    public Position Published { get; init; }

    /// <summary>Whether facts of a key count for this one.</summary>
    public bool Includes(string audienceKey) => audienceKey == AudienceKey || IsInherited(audienceKey);

    /// <summary>The same as of a moment. By when events happened, a version is treated as if it had always existed.</summary>
    public bool Includes(string audienceKey, AsOf asOf) =>
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
