using System.Diagnostics;

namespace AudienceSync.Host.Telemetry;

/// <summary>
/// Spans from a webhook to the platform's answer. One per request, per commit, per page of the projector, per page of a lane, per call: the
/// work of many requests is done together, so a span does not contain the next one. An append links to its webhooks; the others are found
/// by their tags, which are positions of the log, numbers of changed members, names of the configuration and codes.
/// </summary>
internal static class Spans
{
    public const string SourceName = "AudienceSync";

    public const string Webhook = "webhook";
    public const string Append = "append";
    public const string Project = "project";
    public const string Deliver = "deliver";
    public const string Call = "platform_call";

    /// <summary>The last event of a commit, or of a page: the page with a commit's event has the next one that is not smaller.</summary>
    public const string LastPosition = "audiencesync.position.last";

    public const string FirstPosition = "audiencesync.position.first";

    /// <summary>The members that a page of the projector changed, or a page of a lane read, are those in this range.</summary>
    public const string FirstChange = "audiencesync.changed.first";

    public const string LastChange = "audiencesync.changed.last";
    public const string Events = "audiencesync.events";
    public const string Members = "audiencesync.members";
    public const string Workspace = "audiencesync.workspace";
    public const string Destination = "audiencesync.destination";
    public const string Audience = "audiencesync.audience";
    public const string Operation = "audiencesync.operation";
    public const string Outcome = "audiencesync.outcome";
    public const string Code = "audiencesync.code";
    public const string Status = "http.response.status_code";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anyone receives spans.</summary>
    public static bool Enabled => Source.HasListeners();

    /// <summary>
    /// Starts a span with a trace of its own, linked to others. Null when no one receives it. The trace of a request is not continued: its
    /// sender would decide what is recorded here.
    /// </summary>
    public static Activity? StartRoot(string name, ActivityKind kind, IEnumerable<ActivityContext> links)
    {
        if (!Enabled)
        {
            return null;
        }

        Activity.Current = null;
        var linked = links.Where(link => link != default).Select(link => new ActivityLink(link));
        return Source.StartActivity(name, kind, parentContext: default, links: [.. linked]);
    }

    /// <summary>Whether the present work is within a span of ours.</summary>
    public static bool IsWithin => Activity.Current?.Source.Name == SourceName;

    /// <summary>Starts a span within the present one. Null when no one receives it.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);
}
