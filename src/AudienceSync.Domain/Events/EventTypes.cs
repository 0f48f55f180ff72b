namespace AudienceSync.Domain.Events;

/// <summary>
/// The registry: every event type by the alias under which Marten would store it (the short name in snake case, with a suffix from its
/// second form on). A new event type needs a record, a row here, a case in <see cref="EventJson"/> and a golden file.
/// </summary>
public static class EventTypes
{
    public const string MemberAdded = "audience_member_added";
    public const string MemberRemoved = "audience_member_removed";
    public const string ExposureRecorded = "audience_exposure_recorded";
    public const string IdentifiersChanged = "person_identifiers_changed";

    /// <summary>The second form; the first is read by <see cref="EventUpcasters"/>.</summary>
    public const string KeyPublished = "audience_key_published_v2";
    public const string Registered = "audience_registered";
    public const string Described = "audience_described";
    public const string Bound = "audience_bound";
    public const string Unbound = "audience_unbound";
    public const string KeyPromoted = "audience_key_promoted";
    public const string KeyRolledBack = "audience_key_rolled_back";
    public const string KeyRetired = "audience_key_retired";
    public const string Paused = "audience_paused";
    public const string Resumed = "audience_resumed";
    public const string ExperimentDeclared = "audience_experiment_declared";
    public const string ExperimentEnded = "audience_experiment_ended";
    public const string Linked = "person_linked";
    public const string ConsentChanged = "person_consent_changed";
    public const string Suppressed = "person_suppressed";
    public const string SuppressionLifted = "person_suppression_lifted";
    public const string ErasureRequested = "person_erasure_requested";
    public const string Erased = "person_erased";
    public const string OutcomeRecorded = "message_outcome_recorded";

    public static readonly IReadOnlyDictionary<string, Type> ByAlias = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        [MemberAdded] = typeof(AudienceMemberAdded),
        [MemberRemoved] = typeof(AudienceMemberRemoved),
        [ExposureRecorded] = typeof(AudienceExposureRecorded),
        [IdentifiersChanged] = typeof(PersonIdentifiersChanged),
        [KeyPublished] = typeof(AudienceKeyPublished),
        [Registered] = typeof(AudienceRegistered),
        [Described] = typeof(AudienceDescribed),
        [Bound] = typeof(AudienceBound),
        [Unbound] = typeof(AudienceUnbound),
        [KeyPromoted] = typeof(AudienceKeyPromoted),
        [KeyRolledBack] = typeof(AudienceKeyRolledBack),
        [KeyRetired] = typeof(AudienceKeyRetired),
        [Paused] = typeof(AudiencePaused),
        [Resumed] = typeof(AudienceResumed),
        [ExperimentDeclared] = typeof(AudienceExperimentDeclared),
        [ExperimentEnded] = typeof(AudienceExperimentEnded),
        [Linked] = typeof(PersonLinked),
        [ConsentChanged] = typeof(PersonConsentChanged),
        [Suppressed] = typeof(PersonSuppressed),
        [SuppressionLifted] = typeof(PersonSuppressionLifted),
        [ErasureRequested] = typeof(PersonErasureRequested),
        [Erased] = typeof(PersonErased),
        [OutcomeRecorded] = typeof(MessageOutcomeRecorded),
    };

    public static string AliasOf(IStoredEvent stored) =>
        stored switch
        {
            AudienceMemberAdded => MemberAdded,
            AudienceMemberRemoved => MemberRemoved,
            AudienceExposureRecorded => ExposureRecorded,
            PersonIdentifiersChanged => IdentifiersChanged,
            AudienceKeyPublished => KeyPublished,
            AudienceRegistered => Registered,
            AudienceDescribed => Described,
            AudienceBound => Bound,
            AudienceUnbound => Unbound,
            AudienceKeyPromoted => KeyPromoted,
            AudienceKeyRolledBack => KeyRolledBack,
            AudienceKeyRetired => KeyRetired,
            AudiencePaused => Paused,
            AudienceResumed => Resumed,
            AudienceExperimentDeclared => ExperimentDeclared,
            AudienceExperimentEnded => ExperimentEnded,
            PersonLinked => Linked,
            PersonConsentChanged => ConsentChanged,
            PersonSuppressed => Suppressed,
            PersonSuppressionLifted => SuppressionLifted,
            PersonErasureRequested => ErasureRequested,
            PersonErased => Erased,
            MessageOutcomeRecorded => OutcomeRecorded,
            _ => throw new ArgumentOutOfRangeException(nameof(stored), stored.GetType().Name, "The event type has no row in the registry."),
        };
}
