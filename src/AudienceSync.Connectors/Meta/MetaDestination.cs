using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Normalising;
using AudienceSync.Domain.Syncing;
using RestEase;

namespace AudienceSync.Connectors.Meta;

/// <summary>One ad account's customer lists at Meta, by the users edge (contracts/meta.md 6).</summary>
public sealed class MetaDestination : IDestination
{
    /// <summary>Meta refused the row; its own reason is text, not a code, and may quote the row.</summary>
    public const string InvalidEntry = "meta_invalid_entry";

    private static readonly RefusedMember[] Nobody = [];

    private readonly MetaSettings _settings;
    private readonly TimeProvider _clock;
    private readonly Normalisers _normalisers;
    private readonly CallPipeline _pipeline;
    private readonly IMetaApi _api;

    public MetaDestination(MetaSettings settings, DestinationSurroundings surroundings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(surroundings);
        _settings = settings;
        _clock = surroundings.Clock;
        _normalisers = surroundings.Normalisers;
        _pipeline = new CallPipeline(settings.CallTimeout, surroundings.Clock, surroundings.Random);
        _api = RestClient.For<IMetaApi>(PlatformHttp.CreateClient(surroundings.Network, settings.BaseUrl));
        _api.Authorization = $"Bearer {settings.Token.Reveal()}";
        _api.Version = settings.ApiVersion;
        Limits = MetaLimits.For(settings.CallTimeout);
    }

    public Platform Platform => Platform.Meta;

    public DestinationLimits Limits { get; }

    public NormaliserVersion Normaliser => _normalisers.Current(NormaliserFamily.Meta).Version;

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Members.Count > MetaLimits.MembersPerCall)
        {
            throw new ArgumentException($"At most {MetaLimits.MembersPerCall} members in one call.", nameof(call));
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var payload = MetaPayload.Write(call.Members, _normalisers);
        if (payload.Rows == 0)
        {
            return new CallResult(Outcome.Done, payload.Invalid, Nobody);
        }

        if (call.Audience.Value is not { Length: > 0 and <= 20 } id || id.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return new CallResult(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), payload.Invalid, Nobody);
        }

        var (answer, failure) = await _pipeline.RunAsync(token => AttemptAsync(call, payload, token), cancellationToken);
        return answer is null
            ? new CallResult(new Outcome(OutcomeKind.Retry, failure), payload.Invalid, Nobody)
            : Judge(answer, payload);
    }

    /// <summary>Meta answers at once and hands out no jobs, so nothing is ever pending.</summary>
    public ValueTask<JobReport> FollowAsync(JobHandle job, CancellationToken cancellationToken)
        => ValueTask.FromResult(new JobReport(JobState.Confirmed, Nobody, "confirmed"));

    private async ValueTask<PlatformAnswer> AttemptAsync(MemberCall call, MetaPayload payload, CancellationToken cancellationToken)
    {
        var proof = _settings.AppSecret is { } secret ? MetaProof.Sign(secret, _settings.Token, _clock.GetUtcNow()) : (MetaProof?)null;
        var audience = call.Audience.Value;
        using var body = payload.ToContent();
        var response = call.Operation switch
        {
            MemberOperation.Add => await _api.AddAsync(audience, proof?.Hex, proof?.UnixSeconds, body, cancellationToken),
            MemberOperation.Remove => await _api.RemoveAsync(audience, proof?.Hex, proof?.UnixSeconds, body, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(call), call.Operation, "No such operation."),
        };
        return await PlatformAnswer.ReadAsync(response, cancellationToken);
    }

    private CallResult Judge(PlatformAnswer http, MetaPayload payload)
    {
        var answer = http.TooLarge ? null : MetaAnswer.Parse(http.Body);
        var usage = MetaUsage.Read(http.Headers, _settings.AccountNumber);
        var rejected = answer is { IsUpload: true, InvalidEntries: > 0 } ? RejectedBy(answer, payload) : Nobody;
        return new CallResult(
            Patient(OutcomeOf(http.Status, answer), http, usage),
            payload.Invalid,
            rejected,
            answer is { IsUpload: true } ? Math.Min(answer.InvalidEntries, payload.Rows) : 0,
            Job: null,
            usage.Account,
            answer?.TraceId,
            http.Status);
    }

    private static Outcome OutcomeOf(int status, MetaAnswer? answer) => answer switch
    {
        null => new Outcome(OutcomeKind.Retry, "answer_too_large"),
        { Error: (null, _) } => new Outcome(OutcomeKind.Retry, "meta_unknown"),
        { Error: ({ } code, var subcode) } => MetaErrors.Of(code, subcode),
        { IsUpload: true, InvalidEntries: > 0 } when status is >= 200 and < 300 => new Outcome(OutcomeKind.PartlyDone, InvalidEntry),
        { IsUpload: true } when status is >= 200 and < 300 => Outcome.Done,
        _ => MetaErrors.Of(status, answer.IsJson),
    };

    /// <summary>Adds how long to stay away: what the answer asks for, and at least a minute when throttled.</summary>
    private Outcome Patient(Outcome outcome, PlatformAnswer http, MetaUsage usage)
    {
        if (outcome.Kind is not (OutcomeKind.Retry or OutcomeKind.Snooze))
        {
            return outcome;
        }

        var wait = http.RetryAfter(_clock.GetUtcNow()) ?? TimeSpan.Zero;
        wait = Longer(wait, outcome.Wait ?? TimeSpan.Zero);
        if (outcome.Kind == OutcomeKind.Snooze)
        {
            wait = Longer(Longer(wait, usage.Regain ?? TimeSpan.Zero), MetaLimits.MinThrottleWait);
        }

        wait = wait > MetaLimits.MaxWait ? MetaLimits.MaxWait : wait;
        return wait > TimeSpan.Zero ? outcome with { Wait = wait } : outcome;
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static RefusedMember[] RejectedBy(MetaAnswer answer, MetaPayload payload)
        => [.. answer.InvalidRows.Select(payload.MemberOf).Where(member => member >= 0).Distinct().Order()
            .Select(member => new RefusedMember(member, InvalidEntry))];
}
