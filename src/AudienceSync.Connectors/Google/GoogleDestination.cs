using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>One Google Ads account's Customer Match lists by the Data Manager API (contracts/google.md 6).</summary>
public sealed class GoogleDestination : IDestination, IAudienceFactory, IResyncs, IChecks
{
    private readonly GoogleSettings _settings;
    private readonly GoogleCalls _calls;
    private readonly IGoogleApi _api;
    private readonly GoogleMembers _members;
    private readonly GoogleLists _lists;

    public GoogleDestination(GoogleSettings settings, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(dependencies);
        _settings = settings;
        var pipeline = new CallPipeline(settings.CallTimeout, dependencies.Clock, dependencies.Random);
        var client = PlatformHttp.CreateClient(dependencies.Network, BaseAddress.Versioned(settings.BaseUrl, settings.ApiVersion));
        _api = PlatformHttp.CreateApi<IGoogleApi>(client);
        var tokens = PlatformHttp.CreateApi<IGoogleTokenApi>(client);
        _calls = new GoogleCalls(new GoogleTokens(settings.Grant, tokens, pipeline, dependencies.Clock), pipeline, dependencies.Clock);
        _members = new GoogleMembers(settings, _calls, _api, dependencies.Normalizers);
        _lists = new GoogleLists(settings, _calls, _api);
        Normalizer = dependencies.Normalizers.Current(NormalizerFamily.Google).Version;
        Limits = GoogleLimits.For(settings.CallTimeout, settings.JobCheck);
    }

    public Platform Platform => Platform.Google;

    public DestinationLimits Limits { get; }

    public bool DeclaresConsent => _settings.ConsentGranted;

    public NormalizerVersion Normalizer { get; }

    /// <summary>Nothing has to be restarted: a batch is an ordinary add.</summary>
    public IReadOnlySet<string> RestartCodes { get; } = new HashSet<string>();

    public TimeSpan? SessionLifetime => null;

    /// <summary>
    /// Adds or removes. With the setting <c>validate_only</c> nothing is stored, so the outcome is never done: the account waits and shows
    /// the reason.
    /// </summary>
    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        var result = await _members.SendAsync(call, _settings.ValidateOnly, cancellationToken);
        return _settings.ValidateOnly && result.HttpStatus != 0 && result.Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone
            ? result with
            {
                Outcome = new Outcome(OutcomeKind.Snooze, "google_validate_only", GoogleLimits.DryRunWait),
            }
            : result;
    }

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) => _members.Compare(people);

    /// <summary>A name with an address is a separate identifier (6.2).</summary>
    public void AddShared(in Member member, List<SharedCell> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (member.Identifiers.Details is not null)
        {
            _members.AddShared(in member, into);
        }
    }

    /// <summary>A request id that is unknown to Google is lost: it failed before, or was only a validation (6.7).</summary>
    public async ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken)
    {
        var reply = await _calls.MakeAsync((authorization, token) => _api.StatusAsync(authorization, job.Value, token), cancellationToken);
        return reply switch
        {
            { IsGood: true } => GoogleJobStatus.Read(reply.Http!.Body, _settings.JobCheck),
            { Outcome.Kind: OutcomeKind.StopAudience } => new JobReport(JobState.Lost, [], reply.Outcome.Code),

            // A failed poll is repeated at the engine's growing intervals, or later when Google requests a longer wait: never every minute
            // for days.
            _ => new JobReport(
                JobState.Running,
                [],
                reply.Outcome.Code,
                PollAgainAfter: reply.Outcome.Wait > JobGaps.Longest ? reply.Outcome.Wait : null
            ),
        };
    }

    public ValueTask<CallResult> SendBatchAsync(Resync resync, ResyncBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resync);
        ArgumentNullException.ThrowIfNull(batch);
        return SendAsync(new MemberCall(resync.Audience, MemberOperation.Add, batch.Members), cancellationToken);
    }

    /// <summary>
    /// Removes every member that was last added before the resync began. The margin keeps new members if our clock is ahead of Google's.
    /// </summary>
    public ValueTask<CallResult> EndAsync(Resync resync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resync);
        return _members.RemoveAllAsync(resync.Audience, resync.StartedAt - GoogleLimits.ClockMargin, cancellationToken);
    }

    public ValueTask<EnsuredAudience> EnsureAsync(AudienceDefinition wanted, CancellationToken cancellationToken) =>
        _lists.EnsureAsync(wanted, cancellationToken);

    public ValueTask<AudienceReport> ReadAsync(RemoteAudienceId audience, CancellationToken cancellationToken) =>
        _lists.ReadAsync(audience, cancellationToken);

    public ValueTask<Outcome> DeleteAsync(RemoteAudienceId audience, CancellationToken cancellationToken) =>
        _lists.DeleteAsync(audience, cancellationToken);

    public CheckFinding? CheckName(string name) => GoogleChecks.OfName(name);

    public async ValueTask<IReadOnlyList<CheckFinding>> CheckAsync(
        IReadOnlyList<RemoteAudienceId> audiences,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(audiences);
        var findings = GoogleChecks.OfAccount(await _lists.TouchAsync(cancellationToken), _settings.ValidateOnly);
        foreach (var audience in audiences)
        {
            var finding = GoogleChecks.OfAudience(audience, await ReadAsync(audience, cancellationToken));
            findings.Add(finding.State == CheckState.Bad ? finding : await TryAddAsync(audience, finding, cancellationToken));
        }

        return findings;
    }

    /// <summary>A list that can be read may still refuse members. An add that Google only validates shows it, and stores nothing.</summary>
    private async ValueTask<CheckFinding> TryAddAsync(RemoteAudienceId audience, CheckFinding readable, CancellationToken cancellationToken)
    {
        var trial = new MemberCall(audience, MemberOperation.Add, [new Member(GoogleChecks.NoOne, Normalizer)]);
        return GoogleChecks.OfTrial(readable, (await _members.SendAsync(trial, validateOnly: true, cancellationToken)).Outcome);
    }
}
