using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>
/// Member calls. Google refuses a whole request because of one member and identifies the member (contracts/google.md 6.4); the member is
/// excluded and the rest is resent here, because only this response identifies the member.
/// </summary>
internal sealed class GoogleMembers(GoogleSettings settings, GoogleCalls calls, IGoogleApi api, Normalizers normalizers)
{
    /// <summary>How often identified members are excluded before halving is left to the engine.</summary>
    private const int MaxRounds = 4;

    /// <summary>Each round may be repeated once with a new token.</summary>
    public const int MaxRequests = 2 * MaxRounds;

    public async ValueTask<CallResult> SendAsync(MemberCall call, bool validateOnly, CancellationToken cancellationToken)
    {
        if (call.Members.Count > GoogleLimits.MembersPerCall)
        {
            throw new ArgumentException($"At most {GoogleLimits.MembersPerCall} members are allowed in one call.", nameof(call));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var refused = new SortedDictionary<int, string>();
        var requests = 0;
        for (var round = 1; ; round++)
        {
            using var body = GooglePayload.Write(settings, call, normalizers, validateOnly, refused.Keys.ToHashSet());
            if (body.Rows == 0)
            {
                return Result(Ended(refused), body, refused, null) with { Requests = Math.Max(1, requests) };
            }

            if (!Http.JsonFields.IsDigits(call.Audience.Value ?? ""))
            {
                return Result(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), body, refused, null);
            }

            var reply = await calls.MakeAsync((authorization, token) => AttemptAsync(call, body, authorization, token), cancellationToken);
            requests += reply.Requests;
            if (reply.IsGood)
            {
                return Accepted(reply, body, refused, validateOnly) with { Requests = requests };
            }

            if (Exclude(reply, body, refused) == 0 || round == MaxRounds)
            {
                return Result(reply.Outcome, body, [], reply) with { Requests = requests };
            }
        }
    }

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) =>
        GooglePayload.Comparer.Compare(people, version => normalizers.Find(NormalizerFamily.Google, version));

    public void AddShared(in Member member, List<SharedCell> into)
    {
        if (normalizers.Find(NormalizerFamily.Google, member.Normalizer) is { } normalizer)
        {
            PlaceCell.Add(in member, normalizer, into);
        }
    }

    public async ValueTask<CallResult> RemoveAllAsync(RemoteAudienceId list, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        if (!Http.JsonFields.IsDigits(list.Value ?? ""))
        {
            return new CallResult(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), [], []);
        }

        var reply = await calls.MakeAsync(
            async (authorization, token) =>
            {
                using var body = GooglePayload.RemoveAll(settings, list, asOf, settings.ValidateOnly);
                return await api.MembersAsync("removeAll", authorization, body, token);
            },
            cancellationToken
        );
        return new CallResult(
            reply.Outcome,
            [],
            [],
            Job: reply.IsGood ? JobOf(reply, settings.ValidateOnly) : null,
            PlatformRequestId: reply.Answer?.RequestId,
            HttpStatus: reply.Http?.Status ?? 0
        );
    }

    private async Task<HttpResponseMessage> AttemptAsync(
        MemberCall call,
        MemberBody body,
        string authorization,
        CancellationToken cancellationToken
    )
    {
        using var content = body.ToContent();
        return call.Operation switch
        {
            MemberOperation.Add => await api.MembersAsync("ingest", authorization, content, cancellationToken),
            MemberOperation.Remove => await api.MembersAsync("remove", authorization, content, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(call), call.Operation, "Unknown operation."),
        };
    }

    /// <summary>
    /// How many members were excluded: none when the request itself is wrong, because then excluding members does not help.
    /// </summary>
    private static int Exclude(GoogleReply reply, MemberBody body, SortedDictionary<int, string> refused)
    {
        if (reply.Answer is not { Violations.Count: > 0 } answer || reply.Http?.Status != 400)
        {
            return 0;
        }

        if (answer.Violations.Any(violation => violation.Member is null || !GoogleErrors.IsOfMember(violation.Reason)))
        {
            return 0;
        }

        var before = refused.Count;
        foreach (var violation in answer.Violations)
        {
            if (body.MemberOf(violation.Member!.Value) is var member and >= 0)
            {
                refused.TryAdd(member, GoogleErrors.CodeOf(violation.Reason));
            }
        }

        return refused.Count - before;
    }

    private static CallResult Accepted(GoogleReply reply, MemberBody body, SortedDictionary<int, string> refused, bool validateOnly) =>
        JobOf(reply, validateOnly) is var job && (job is not null || validateOnly)
            ? Result(Ended(refused), body, refused, reply) with
            {
                Job = job,
            }
            : Result(new Outcome(OutcomeKind.Retry, "not_understood"), body, [], reply);

    /// <summary>The id of a validation cannot be looked up (6.2), so it is not a job handle.</summary>
    private static JobHandle? JobOf(GoogleReply reply, bool validateOnly) =>
        !validateOnly && reply.Answer?.RequestId is { } id ? new JobHandle(id) : null;

    private static Outcome Ended(SortedDictionary<int, string> refused) =>
        refused.Count == 0 ? Outcome.Done : new Outcome(OutcomeKind.PartlyDone, refused.First().Value);

    private static CallResult Result(Outcome outcome, MemberBody body, SortedDictionary<int, string> refused, GoogleReply? reply) =>
        new(
            outcome,
            body.Invalid,
            [.. refused.Select(member => new RefusedMember(member.Key, member.Value))],
            refused.Count,
            PlatformRequestId: reply?.Answer?.RequestId,
            HttpStatus: reply?.Http?.Status ?? 0
        );
}
