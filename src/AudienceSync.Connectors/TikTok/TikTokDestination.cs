using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>
/// One advertiser's audiences at TikTok through the streaming API (contracts/tiktok.md 5). There are no jobs, no read-back and no
/// replacement of all members (11): a full refresh is done from the ledger.
/// </summary>
public sealed class TikTokDestination : IDestination, IAudienceFactory, IChecks
{
    private static readonly RefusedMember[] NoMembers = [];

    private readonly TikTokSettings _settings;
    private readonly Normalizers _normalizers;
    private readonly TikTokCalls _calls;
    private readonly ITikTokApi _api;
    private readonly TikTokAudiences _audiences;

    public TikTokDestination(TikTokSettings settings, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(dependencies);
        _settings = settings;
        _normalizers = dependencies.Normalizers;
        _calls = new TikTokCalls(new CallPipeline(settings.CallTimeout, dependencies.Clock, dependencies.Random), dependencies.Clock);
        var client = PlatformHttp.CreateClient(dependencies.Network, BaseAddress.Versioned(settings.BaseUrl, settings.ApiVersion));

        // Not Authorization (contracts/tiktok.md 3); a header, because a URL ends up in logs.
        client.DefaultRequestHeaders.Add("Access-Token", settings.Token.Reveal());
        _api = PlatformHttp.CreateApi<ITikTokApi>(client);
        _audiences = new TikTokAudiences(settings, _calls, _api);
        Limits = TikTokLimits.For(settings.MembersPerCall, settings.CallTimeout);
    }

    public Platform Platform => Platform.TikTok;

    public DestinationLimits Limits { get; }

    public NormalizerVersion Normalizer => _settings.Normalizer;

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Members.Count > _settings.MembersPerCall)
        {
            throw new ArgumentException($"At most {_settings.MembersPerCall} members are allowed in one call.", nameof(call));
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!JsonFields.IsDigits(call.Audience.Value ?? ""))
        {
            return new CallResult(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), NoMembers, NoMembers);
        }

        using var body = TikTokPayload.Write(_settings, call, _normalizers);
        if (body.Rows == 0)
        {
            return new CallResult(Outcome.Done, body.Invalid, NoMembers);
        }

        var reply = await _calls.MakeAsync(
            async attempt =>
            {
                using var content = body.ToContent();
                return await _api.MapAsync(content, attempt);
            },
            cancellationToken
        );
        return new CallResult(reply.Outcome, body.Invalid, NoMembers, PlatformRequestId: reply.Answer?.RequestId, HttpStatus: reply.Status);
    }

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) =>
        TikTokPayload.Comparer.Compare(people, version => _normalizers.Find(NormalizerFamily.TikTok, version));

    /// <summary>TikTok has no jobs for streamed members, so nothing is ever pending.</summary>
    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JobReport(JobState.Confirmed, NoMembers, "confirmed"));

    public ValueTask<EnsuredAudience> EnsureAsync(AudienceDefinition wanted, CancellationToken cancellationToken) =>
        _audiences.EnsureAsync(wanted, cancellationToken);

    public ValueTask<AudienceReport> ReadAsync(RemoteAudienceId audience, CancellationToken cancellationToken) =>
        _audiences.ReadAsync(audience, cancellationToken);

    public ValueTask<Outcome> DeleteAsync(RemoteAudienceId audience, CancellationToken cancellationToken) =>
        _audiences.DeleteAsync(audience, cancellationToken);

    public CheckFinding? CheckName(string name) => TikTokChecks.OfName(name);

    public async ValueTask<IReadOnlyList<CheckFinding>> CheckAsync(
        IReadOnlyList<RemoteAudienceId> audiences,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(audiences);
        var user = await _calls.MakeAsync(_api.UserAsync, cancellationToken);
        var findings = TikTokChecks.OfAccount(user.Outcome, user.IsGood ? await _audiences.TouchAsync(cancellationToken) : user.Outcome);
        foreach (var audience in audiences)
        {
            findings.Add(TikTokChecks.OfAudience(audience, await ReadAsync(audience, cancellationToken)));
        }

        return findings;
    }
}
