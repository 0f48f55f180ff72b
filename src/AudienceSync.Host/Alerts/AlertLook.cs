using AudienceSync.Domain.Alerts;

namespace AudienceSync.Host.Alerts;

/// <summary>A look at everything, as it is written.</summary>
/// <param name="Step">What is now.</param>
/// <param name="HadAny">Whether anything was stored before.</param>
/// <param name="Sends">The channels of each notice.</param>
/// <param name="Enlisted">Sends, new and old, that get a message now.</param>
/// <param name="Flow">What came of sources since the last look; null for nothing.</param>
/// <param name="Ended">Weeks that are over for channels; their notices are among those of the step.</param>
internal sealed record AlertLook(
    AlertStep Step,
    bool HadAny,
    ILookup<AlertNotice, NewSend> Sends,
    IReadOnlySet<Guid> Enlisted,
    FlowPart? Flow,
    IReadOnlyList<EndedWeek> Ended
)
{
    /// <summary>Whether a state is to be written.</summary>
    public bool HasState => HadAny || Step.State.Alerts.Count + Step.State.Incidents.Count > 0;

    /// <summary>Whether anything is.</summary>
    public bool HasAny => HasState || Enlisted.Count > 0 || Flow is not null || Ended.Count > 0;
}
