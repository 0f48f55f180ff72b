using AudienceSync.Domain.Doctor;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Doctor;

/// <summary><c>GET /v1/doctor</c>: what is configured or sent so that audiences rot without any error.</summary>
public sealed class DoctorEndpoints(TimeProvider clock)
{
    /// <param name="Code">The kind of finding.</param>
    /// <param name="Severity"><c>warning</c> or <c>critical</c>.</param>
    /// <param name="Subject">Where.</param>
    /// <param name="What">What is wrong.</param>
    /// <param name="Evidence">What was measured: counts, names of the configuration, days.</param>
    /// <param name="Advice">What to do.</param>
    public sealed record FindingView(
        string Code,
        string Severity,
        string Subject,
        string What,
        IReadOnlyDictionary<string, object> Evidence,
        string Advice
    );

    /// <param name="At">The time.</param>
    /// <param name="Findings">What is wrong, worst first.</param>
    /// <param name="Checked">What was looked for.</param>
    /// <param name="Off">What was not, by the configuration.</param>
    public sealed record DoctorView(
        DateTimeOffset At,
        IReadOnlyList<FindingView> Findings,
        IReadOnlyList<string> Checked,
        IReadOnlyList<string> Off
    );

    public void Map(RouteGroupBuilder group) => group.MapGet("/doctor", ReadAsync);

    private async Task<IResult> ReadAsync(RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var (now, off) = (clock.GetUtcNow(), workspace.Get<DoctorScene>().Off);
        var readings = await workspace.Get<DoctorReader>().ReadAsync(now, cancellationToken);
        return TypedResults.Ok(
            new DoctorView(
                now,
                [.. DoctorRules.Of(readings, off).Select(ViewOf)],
                [.. FindingKinds.All.Select(kind => kind.Code).Where(code => !off.Contains(code))],
                [.. off.Order(StringComparer.Ordinal)]
            )
        );
    }

    private static FindingView ViewOf(Finding finding) =>
        new(
            finding.Kind.Code,
            finding.Kind.Severity == FindingSeverity.Critical ? "critical" : "warning",
            finding.Subject,
            finding.Kind.What,
            finding.Evidence.ToDictionary(fact => fact.Name, fact => fact.Count is { } count ? (object)count : fact.Text!),
            finding.Kind.Advice
        );
}
