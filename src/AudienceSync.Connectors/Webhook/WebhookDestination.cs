using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>
/// A receiver of signed batches (docs/webhook.md). It responds with the result at once, so there are no jobs; it does not report what it
/// holds, so a full refresh and an erasure are done from the ledger.
/// </summary>
public sealed class WebhookDestination : IDestination, IChecks
{
    private readonly WebhookSettings _settings;
    private readonly Normalizers _normalizers;
    private readonly WebhookCalls _calls;

    public WebhookDestination(WebhookSettings settings, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(dependencies);
        _settings = settings;
        _normalizers = dependencies.Normalizers;
        var api = PlatformHttp.CreateApi<IWebhookApi>(PlatformHttp.CreateClient(dependencies.Network, settings.Url));
        _calls = new WebhookCalls(
            settings,
            new CallPipeline(settings.CallTimeout, dependencies.Clock, dependencies.Random),
            dependencies.Clock,
            api
        );
        Limits = WebhookLimits.For(settings.MembersPerCall, settings.CallTimeout);
    }

    public Platform Platform => Platform.Webhook;

    public DestinationLimits Limits { get; }

    public NormalizerVersion Normalizer => _normalizers.Current(WebhookPayload.Rules).Version;

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Members.Count > _settings.MembersPerCall)
        {
            throw new ArgumentException($"At most {_settings.MembersPerCall} members are allowed in one call.", nameof(call));
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!WebhookSettings.IsName(call.Audience.Value))
        {
            return new CallResult(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), [], []);
        }

        using var body = WebhookPayload.Write(_settings, call, _normalizers);
        if (body.Rows == 0)
        {
            return new CallResult(Outcome.Done, body.Invalid, []);
        }

        var reply = await _calls.MakeAsync(body, cancellationToken);
        var rejected = Rejected(reply.Answer, body);
        return new CallResult(
            reply.Outcome,
            body.Invalid,
            rejected,
            Math.Min(body.Rows, Math.Max(reply.Answer?.RejectedCount ?? 0, rejected.Count)),
            PlatformRequestId: reply.Answer?.RequestId,
            HttpStatus: reply.Status
        );
    }

    /// <summary>A receiver has no jobs, so nothing is ever pending.</summary>
    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JobReport(JobState.Confirmed, [], "confirmed"));

    public CheckFinding? CheckName(string name) => WebhookChecks.OfName(name);

    public async ValueTask<IReadOnlyList<CheckFinding>> CheckAsync(
        IReadOnlyList<RemoteAudienceId> audiences,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(audiences);
        var findings = WebhookChecks.OfAccount(await ProbeAsync(audience: null, cancellationToken));
        foreach (var audience in audiences)
        {
            var outcome = WebhookSettings.IsName(audience.Value)
                ? await ProbeAsync(audience, cancellationToken)
                : new Outcome(OutcomeKind.StopAudience, "invalid_audience_id");
            findings.Add(WebhookChecks.OfAudience(audience, outcome));
        }

        return findings;
    }

    private async ValueTask<Outcome> ProbeAsync(RemoteAudienceId? audience, CancellationToken cancellationToken)
    {
        using var body = WebhookPayload.Check(_settings, audience);
        return (await _calls.MakeAsync(body, cancellationToken)).Outcome;
    }

    private static List<RefusedMember> Rejected(WebhookAnswer? answer, MemberBody body) =>
        [
            .. (answer?.Rejected ?? [])
                .Select(row => new RefusedMember(body.MemberOf(row.Row), row.Reason))
                .Where(member => member.Index >= 0)
                .DistinctBy(member => member.Index)
                .OrderBy(member => member.Index),
        ];
}
