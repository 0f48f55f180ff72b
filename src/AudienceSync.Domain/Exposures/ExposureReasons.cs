namespace AudienceSync.Domain.Exposures;

/// <summary>The closed list of reasons in the exposure log; two have a code of the platform, or of ours, after a colon.</summary>
public static class ExposureReasons
{
    public const string JourneyAdd = "journey_add";
    public const string JourneyRemove = "journey_remove";
    public const string WindowEnd = "window_end";
    public const string Suppression = "suppression";
    public const string Consent = "consent";
    public const string Erasure = "erasure";

    /// <summary>A version took over the members of the version before.</summary>
    public const string KeyPromoted = "key_promoted";
    public const string Holdout = "holdout";

    /// <summary>An experiment on the audience started.</summary>
    public const string ExperimentStarted = "experiment_started";

    /// <summary>The experiment ended: those who were held out are delivered from now on.</summary>
    public const string ExperimentEnded = "experiment_ended";

    /// <summary>The anchor turned out to be another person's, whose token counts from now on.</summary>
    public const string Linked = "linked";

    private const string PlatformReject = "platform_reject:";
    private const string Invalid = "invalid:";

    /// <summary>The reason of a rejected or invalid result of <see cref="Syncing.DeliveryResults"/>.</summary>
    public static string OfRejected(string result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var code = result[(result.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return (IsInvalid(result) ? Invalid : PlatformReject) + code;
    }

    /// <summary>Whether a rejected result was ours.</summary>
    public static bool IsInvalid(string result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.StartsWith(Invalid, StringComparison.Ordinal);
    }
}
