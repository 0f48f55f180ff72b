using System.Collections.Frozen;

namespace AudienceSync.Domain.Doctor;

/// <summary>Every kind of finding. docs/doctor.md lists them; a test compares.</summary>
public static class FindingKinds
{
    private const FindingSeverity Warning = FindingSeverity.Warning;
    private const FindingSeverity Critical = FindingSeverity.Critical;

    public static readonly FindingKind AddsWithoutRemovals = new(
        "adds_without_removals",
        Critical,
        "People are added to a key without a window, and nobody was ever removed.",
        "Let the journey send audience_remove when a person leaves, or publish a version with a window. "
            + "If removals are sent, members why shows whether they name the person of the add."
    );

    public static readonly FindingKind RemovalsStopped = new(
        "removals_stopped",
        Critical,
        "People are still added to a key, but the removals that it used to get have stopped.",
        "Look for a step of the journey that was removed, or whose webhook fails: quarantine list, and the log of the journey tool."
    );

    public static readonly FindingKind KeyNotFed = new(
        "key_not_fed",
        Warning,
        "Nobody is added to a published key.",
        "Let a journey send audience_add with this key, or retire it: audiences retire."
    );

    public static readonly FindingKind RetiredKeyAdds = new(
        "retired_key_adds",
        Critical,
        "A journey still adds to a retired key: these people get into no audience.",
        "Change the key in the journey to the version that feeds the audience, then release what waits: quarantine list --reason "
            + "retired_audience_key."
    );

    public static readonly FindingKind UnknownKey = new(
        "unknown_key",
        Critical,
        "Events arrive for a key that nobody published: they wait in quarantine.",
        "Publish the key, or correct its spelling in the journey; then release what waits: quarantine list --reason unknown_audience_key."
    );

    public static readonly FindingKind AudienceNotBound = new(
        "audience_not_bound",
        Warning,
        "An audience has members and is bound to no destination.",
        "Bind it (audiences bind), or stop the journey and retire its key: data that nobody uses should not be collected."
    );

    public static readonly FindingKind AudienceTooSmall = new(
        "audience_too_small",
        Warning,
        "A remote audience has fewer members than its platform needs to deliver ads.",
        "Widen the audience or its window, send more identifiers, or unbind it (audiences unbind): nobody can be reached through it."
    );

    public static readonly FindingKind ConsentNotStated = new(
        "consent_not_stated",
        Warning,
        "People are sent to a platform, and no one's consent is known.",
        "Send consent with the adds and publish a version with consent required. Where no consent is needed, switch this finding off."
    );

    public static readonly FindingKind ConsentNeverGranted = new(
        "consent_never_granted",
        Critical,
        "Consent is required, and none of the members granted it: nobody is sent.",
        "Send consent with ad_user_data and ad_personalization in the adds, or with person_consent events."
    );

    public static readonly FindingKind MatchKeyNeverSent = new(
        "match_key_never_sent",
        Warning,
        "A key matches by an identifier that none of its members has.",
        "Send this identifier in the person of the add, or publish a version without it: it matches nobody."
    );

    public static readonly FindingKind RemovalBodyLost = new(
        "removal_body_lost",
        Critical,
        "A platform accepts adds and answers every removal as if its body were missing.",
        "Let the proxy between this Host and the platform pass the body of DELETE requests, or bypass it; then resume the audience."
    );

    public static readonly FindingKind SilentMembers = new(
        "silent_members",
        Warning,
        "Members were not heard of on the reporting stream, where most others were: deleted or suppressed at the sender, they never leave.",
        "Compare with the sender's list of deleted and suppressed people, and suppress or erase those here. "
            + "Publish a version with a window: it ends what nobody removes."
    );

    public static readonly FindingKind UnusableIdentifiers = new(
        "unusable_identifiers",
        Warning,
        "A source sends identifiers that cannot be used.",
        "Correct the field or its format at the sender; sources test shows how each one is read. National phone numbers need a country."
    );

    public static readonly FindingKind PlaceholderIdentifiers = new(
        "placeholder_identifiers",
        Warning,
        "A source sends placeholders or unrendered templates in the place of identifiers.",
        "Correct the variable in the webhook's template at the sender, or let the journey wait until the attribute is set."
    );

    public static readonly FindingKind ClockAhead = new(
        "clock_ahead",
        Warning,
        "The times of a source are ahead of this Host's clock: the time of receipt counts instead.",
        "Synchronize the clocks of sender and Host (NTP), and send occurred_at in UTC with its offset."
    );

    public static readonly FindingKind SourceUnsigned = new(
        "source_unsigned",
        Warning,
        "A source is believed without a signature: who has its token can add and remove anybody.",
        "Let the sender sign and set signing_keys and signature: required."
    );

    public static readonly FindingKind LinkingStopped = new(
        "linking_stopped",
        Warning,
        "Identifiers collected too many emails or phones to belong to one person, and stopped linking.",
        "Look for a constant in the id field of the webhook. People of a real shared id are allowed to link again: people link-stops."
    );

    public static readonly FindingKind SharedIdentifiers = new(
        "shared_identifiers",
        Warning,
        "One email or phone is sent for many people: only one of them can own it, and removals may miss the others.",
        "Send the person's own address, not that of a shop or a test; add the constant to placeholder_ids of the source."
    );

    public static readonly FindingKind SampleRatioMismatch = new(
        "sample_ratio_mismatch",
        Warning,
        "The arms of an experiment do not have the sizes of their shares: no lift can be read from it.",
        "Look for what removes or suppresses people of one arm only, such as a step that asks whether they were sent. "
            + "End the experiment and declare another one with a new salt."
    );

    public static readonly FindingKind VersionEnds = new(
        "version_ends",
        Warning,
        "The platform soon ends the version of its API that is used.",
        "Set api_version of the destination to a newer one: destinations check names it."
    );

    public static readonly FindingKind VersionEnded = new(
        "version_ended",
        Critical,
        "The platform has ended the version of its API that is used, and serves calls by another one.",
        "Set api_version of the destination to a current one now: destinations check names it."
    );

    /// <summary>In the order in which they are shown.</summary>
    public static readonly IReadOnlyList<FindingKind> All =
    [
        AddsWithoutRemovals,
        RemovalsStopped,
        RetiredKeyAdds,
        UnknownKey,
        ConsentNeverGranted,
        RemovalBodyLost,
        VersionEnded,
        KeyNotFed,
        AudienceNotBound,
        AudienceTooSmall,
        ConsentNotStated,
        MatchKeyNeverSent,
        SilentMembers,
        UnusableIdentifiers,
        PlaceholderIdentifiers,
        ClockAhead,
        SourceUnsigned,
        LinkingStopped,
        SharedIdentifiers,
        SampleRatioMismatch,
        VersionEnds,
    ];

    private static readonly FrozenDictionary<string, FindingKind> ByCode = All.ToFrozenDictionary(
        kind => kind.Code,
        StringComparer.Ordinal
    );

    /// <summary>The kind of this code; null when there is none.</summary>
    public static FindingKind? Find(string code) => ByCode.GetValueOrDefault(code);
}
