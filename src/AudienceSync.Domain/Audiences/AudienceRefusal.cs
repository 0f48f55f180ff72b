namespace AudienceSync.Domain.Audiences;

/// <summary>Why a command is refused, with a stable code and what to do instead.</summary>
public sealed record AudienceRefusal(string Code, string Detail)
{
    /// <summary>
    /// The detail without names, for callers to whom the input must not be repeated. The same as <see cref="Detail"/> where it has no
    /// names.
    /// </summary>
    public string Nameless { get; private init; } = Detail;

    public static AudienceRefusal NameInvalid =>
        new(
            "audience_name_invalid",
            "An audience's name is lower case letters, digits and underscores, a letter first, and with its version at most 100 characters."
        );

    public static AudienceRefusal TextInvalid =>
        new(
            "audience_text_invalid",
            "Purpose, owner and definition may have 2,000 characters, a reason 500, a name 100, "
                + "without NUL; expected volume is not negative."
        );

    public static AudienceRefusal TermsInvalid =>
        new(
            "audience_terms_invalid",
            "A window must be more than 0 seconds and at most 36,500 days; match keys name at least one of "
                + "email, phone, customer_id, device_id, details."
        );

    public static AudienceRefusal LateEventsInvalid =>
        new("late_events_invalid", "Late events of the former version are kept or quarantined: keep, quarantine.");

    public static AudienceRefusal BindingInvalid =>
        new("binding_invalid", "Give a destination and the platform's id of the audience, each 1 to 100 characters.");

    public static AudienceRefusal Unknown(string audience) =>
        new("unknown_audience", $"There is no audience {audience}. Publish its version 1.")
        {
            Nameless = "There is no such audience. Publish its version 1.",
        };

    public static AudienceRefusal KeyUnknown(string audience, int version) =>
        new("unknown_audience_key", $"{audience} has no version {version}.") { Nameless = "The audience has no such version." };

    public static AudienceRefusal KeyChanged(string audience, int version, int next) =>
        new(
            "audience_key_changed",
            $"{audience}_v{version} was published with other terms, and a key never changes. Publish them as version {next} and promote it."
        )
        {
            Nameless =
                $"The version was published with other terms, and a key never changes. Publish them as version {next} and promote it.",
        };

    public static AudienceRefusal KeyNotNext(string audience, int version, int next) =>
        new("audience_key_not_next", $"{audience}_v{version} cannot be published: the next version is {next}.")
        {
            Nameless = $"The version cannot be published: the next one is {next}.",
        };

    public static AudienceRefusal KeyRetired(string audience, int version) =>
        new("audience_key_retired", $"{audience}_v{version} is retired and cannot be reactivated. Publish the next version.")
        {
            Nameless = "The version is retired and cannot be reactivated. Publish the next one.",
        };

    public static AudienceRefusal KeyInUse(string audience, int version, RemoteAudience remote) =>
        new("audience_key_in_use", $"{audience}_v{version} feeds {remote}. Promote another version or unbind it first.")
        {
            Nameless = "The version feeds a remote audience. Promote another version or unbind it first.",
        };

    public static AudienceRefusal BindingTaken(RemoteAudience remote, string key) =>
        new("binding_taken", $"{remote} is fed by {key}. To switch versions, use a promotion: audiences promote.")
        {
            Nameless = $"The remote audience is fed by {key}. To switch versions, use a promotion: audiences promote.",
        };

    public static AudienceRefusal DestinationUnknown(string destination) =>
        new(
            "unknown_destination",
            $"The destination {destination} does not exist. Declare it in audiencesync.yaml and start the Host with it."
        )
        {
            Nameless = "The destination does not exist. Declare it in audiencesync.yaml and start the Host with it.",
        };

    public static AudienceRefusal NotCreatable(string destination) =>
        new("audience_not_creatable", $"The platform of {destination} cannot create audiences. Create it there and bind it by its id.")
        {
            Nameless = "The platform of the destination cannot create audiences. Create it there and bind it by its id.",
        };

    /// <param name="code">Why, as the connector maps the platform's response.</param>
    public static AudienceRefusal NotCreated(string code) =>
        new(
            "audience_not_created",
            $"The platform did not create the audience ({code}). Nothing was bound; repeating the request finds what was created."
        );

    public static AudienceRefusal Conflict(string audience) =>
        new("registry_conflict", $"{audience} is being changed concurrently. Nothing was changed; retry.")
        {
            Nameless = "The audience is being changed concurrently. Nothing was changed; retry.",
        };

    public static AudienceRefusal ExperimentInvalid =>
        new(
            "experiment_invalid",
            "An experiment has a name like an audience, a salt of 1 to 100 bytes, a share for treatment and one for holdout, each more "
                + "than 0 and with at most two decimals, together 100 (percent), and an end behind its start."
        );

    public static AudienceRefusal ExperimentChanged(string audience, string experiment) =>
        new(
            "experiment_changed",
            $"{audience} has an experiment {experiment} with other terms, and an experiment never changes. Declare another one."
        )
        {
            Nameless =
                "The audience has an experiment of this name with other terms, and an experiment never changes. Declare another one.",
        };

    public static AudienceRefusal ExperimentOverlaps(string audience, string experiment) =>
        new(
            "experiment_overlaps",
            $"{audience} has the experiment {experiment} at that time. End it, or start the new one when it ends or later."
        )
        {
            Nameless = "The audience has another experiment at that time. End it, or start the new one when it ends or later.",
        };

    public static AudienceRefusal ExperimentUnknown(string audience) =>
        new("unknown_experiment", $"{audience} has no experiment of this name.") { Nameless = "The audience has no such experiment." };

    public static AudienceRefusal NotBound(string audience) =>
        new("audience_not_bound", $"{audience} is not bound to a remote audience there. Bind it first.")
        {
            Nameless = "The audience is not bound to a remote audience there. Bind it first.",
        };

    public static AudienceRefusal NothingToRollBack(string audience) =>
        new("nothing_to_roll_back", $"There is no promotion of {audience} left to roll back.")
        {
            Nameless = "There is no promotion of the audience left to roll back.",
        };
}
