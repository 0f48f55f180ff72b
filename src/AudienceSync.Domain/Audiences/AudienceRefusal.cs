namespace AudienceSync.Domain.Audiences;

/// <summary>Why a command cannot be done, with a stable code and what to do instead.</summary>
public sealed record AudienceRefusal(string Code, string Detail)
{
    /// <summary>The detail for a caller who must not be told again what was sent: without names. The same as <see cref="Detail"/> where it has none.</summary>
    public string Nameless { get; private init; } = Detail;

    public static AudienceRefusal NameInvalid => new(
        "audience_name_invalid", "An audience's name is lower case letters, digits and underscores, a letter first, and with its version at most 100 characters.");

    public static AudienceRefusal TextInvalid => new(
        "audience_text_invalid", "Purpose, owner and definition may have 2,000 characters, a reason 500, a name 100, without NUL; expected volume is not negative.");

    public static AudienceRefusal TermsInvalid => new(
        "audience_terms_invalid", "A window is more than 0 seconds and at most 36,500 days; match keys name at least one of email, phone, customer_id, device_id, details.");

    public static AudienceRefusal LateEventsInvalid => new("late_events_invalid", "Late events of the version before are kept or go to quarantine: keep, quarantine.");

    public static AudienceRefusal BindingInvalid => new("binding_invalid", "Give a destination and the platform's id of the audience, each 1 to 100 characters.");

    public static AudienceRefusal Unknown(string audience) => new("unknown_audience", $"There is no audience {audience}. Publish its version 1.")
    {
        Nameless = "There is no such audience. Publish its version 1.",
    };

    public static AudienceRefusal KeyUnknown(string audience, int version) => new(
        "unknown_audience_key", $"{audience} has no version {version}.")
    {
        Nameless = "The audience has no such version.",
    };

    public static AudienceRefusal KeyChanged(string audience, int version, int next) => new(
        "audience_key_changed",
        $"{audience}_v{version} was published with other terms, and a key never changes. Publish them as version {next} and promote it.")
    {
        Nameless = $"The version was published with other terms, and a key never changes. Publish them as version {next} and promote it.",
    };

    public static AudienceRefusal KeyNotNext(string audience, int version, int next) => new(
        "audience_key_not_next", $"{audience}_v{version} cannot be published: the next version is {next}.")
    {
        Nameless = $"The version cannot be published: the next one is {next}.",
    };

    public static AudienceRefusal KeyRetired(string audience, int version) => new(
        "audience_key_retired", $"{audience}_v{version} is retired and does not come back. Publish the next version.")
    {
        Nameless = "The version is retired and does not come back. Publish the next one.",
    };

    public static AudienceRefusal KeyInUse(string audience, int version, RemoteAudience remote) => new(
        "audience_key_in_use", $"{audience}_v{version} feeds {remote}. Promote another version or unbind it first.")
    {
        Nameless = "The version feeds a remote audience. Promote another version or unbind it first.",
    };

    public static AudienceRefusal BindingTaken(RemoteAudience remote, string key) => new(
        "binding_taken", $"{remote} is fed by {key}. A switch is a promotion: audiences promote.")
    {
        Nameless = $"The remote audience is fed by {key}. A switch is a promotion: audiences promote.",
    };

    public static AudienceRefusal DestinationUnknown(string destination) => new(
        "unknown_destination", $"No destination {destination} is known. Declare it in audiencesync.yaml and start the Host with it.")
    {
        Nameless = "No such destination is known. Declare it in audiencesync.yaml and start the Host with it.",
    };

    public static AudienceRefusal Conflict(string audience) => new(
        "registry_conflict", $"{audience} is being changed by others all the time. Nothing was done; try again.")
    {
        Nameless = "The audience is being changed by others all the time. Nothing was done; try again.",
    };

    public static AudienceRefusal NotBound(string audience) => new("audience_not_bound", $"{audience} is not bound there. Bind it first.")
    {
        Nameless = "The audience is not bound there. Bind it first.",
    };

    public static AudienceRefusal NothingToRollBack(string audience) => new(
        "nothing_to_roll_back", $"No promotion of {audience} is left to take back.")
    {
        Nameless = "No promotion of the audience is left to take back.",
    };
}
