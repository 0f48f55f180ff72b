using System.Net.Http.Headers;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>One ad account's customer lists at Meta (contracts/meta.md 5, 6 and 8).</summary>
public sealed class MetaDestination : IDestination, IAudienceFactory, IResyncs, IErasesPeople, IChecks, IChecksVersion
{
    /// <summary>Meta rejected the row; its own reason is text, not a code, and may quote the row.</summary>
    public const string InvalidEntry = "meta_invalid_entry";

    private readonly Normalizers _normalizers;
    private readonly MetaMembers _members;
    private readonly MetaAudiences _audiences;
    private readonly string _version;
    private readonly TimeProvider _clock;

    public MetaDestination(MetaSettings settings, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(dependencies);
        _normalizers = dependencies.Normalizers;
        var calls = new MetaCalls(
            settings,
            new CallPipeline(settings.CallTimeout, dependencies.Clock, dependencies.Random),
            dependencies.Clock
        );
        var client = PlatformHttp.CreateClient(dependencies.Network, BaseAddress.Versioned(settings.BaseUrl, settings.ApiVersion));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token.Reveal());
        var api = PlatformHttp.CreateApi<IMetaApi>(client);
        (_version, _clock) = (settings.ApiVersion, dependencies.Clock);
        _members = new MetaMembers(settings, calls, api, dependencies.Normalizers);
        _audiences = new MetaAudiences(settings, calls, api);
        Limits = MetaLimits.For(settings.CallTimeout);
    }

    public Platform Platform => Platform.Meta;

    public DestinationLimits Limits { get; }

    public NormalizerVersion Normalizer => _normalizers.Current(NormalizerFamily.Meta).Version;

    /// <summary>A replacement that timed out, began with the wrong batch or failed as a whole (8).</summary>
    public IReadOnlySet<string> RestartCodes { get; } =
        new HashSet<string>(["meta_2650_1870158", "meta_2650_1870147", "meta_2650_1870148"], StringComparer.Ordinal);

    /// <summary>A session closes automatically this long after its first batch (7).</summary>
    public TimeSpan? SessionLifetime => MetaLimits.SessionLifetime;

    public ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _members.SendAsync(call, cancellationToken);
    }

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) =>
        MetaColumns.Comparer.Compare(people, version => _normalizers.Find(NormalizerFamily.Meta, version));

    /// <summary>A device id identifies a person alone, and so does the whole of name and place.</summary>
    public void AddShared(in Member member, List<SharedCell> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (member.Identifiers.Details is null || _normalizers.Find(NormalizerFamily.Meta, member.Normalizer) is not { } normalizer)
        {
            return;
        }

        if (normalizer.Text(member.Identifiers, PersonField.DeviceId) is { } device)
        {
            into.Add(new SharedCell(IdentifierParts.Device, device));
        }

        PlaceCell.Add(in member, normalizer, into);
    }

    /// <summary>Meta responds with the result at once and has no jobs, so nothing is ever pending.</summary>
    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JobReport(JobState.Confirmed, [], "confirmed"));

    public ValueTask<CallResult> SendBatchAsync(Resync resync, ResyncBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resync);
        ArgumentNullException.ThrowIfNull(batch);
        return _members.ReplaceAsync(resync, batch, cancellationToken);
    }

    /// <summary>The last batch has ended the resync; the progress of the audience can be read from its state.</summary>
    public ValueTask<CallResult> EndAsync(Resync resync, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CallResult(Outcome.Done, [], []));

    public ValueTask<CallResult> EraseAsync(IReadOnlyList<Member> members, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(members);
        return _members.EraseAsync(members, cancellationToken);
    }

    public ValueTask<EnsuredAudience> EnsureAsync(AudienceDefinition wanted, CancellationToken cancellationToken) =>
        _audiences.EnsureAsync(wanted, cancellationToken);

    public ValueTask<AudienceReport> ReadAsync(RemoteAudienceId audience, CancellationToken cancellationToken) =>
        _audiences.ReadAsync(audience, cancellationToken);

    public ValueTask<Outcome> DeleteAsync(RemoteAudienceId audience, CancellationToken cancellationToken) =>
        _audiences.DeleteAsync(audience, cancellationToken);

    public CheckFinding? CheckName(string name) => MetaChecks.OfName(name);

    public CheckFinding CheckVersion(DateTimeOffset now) => MetaVersions.Check(_version, now);

    public async ValueTask<IReadOnlyList<CheckFinding>> CheckAsync(
        IReadOnlyList<RemoteAudienceId> audiences,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(audiences);
        var (outcome, accepted) = await _audiences.TermsAsync(cancellationToken);
        List<CheckFinding> findings = [.. MetaChecks.OfAccount(outcome, accepted), CheckVersion(_clock.GetUtcNow())];
        foreach (var audience in audiences)
        {
            findings.Add(MetaChecks.OfAudience(audience, await ReadAsync(audience, cancellationToken)));
        }

        return findings;
    }
}
