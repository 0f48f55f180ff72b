using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>Calls with rows of members: the users edge, replacements, erasures (contracts/meta.md 6, 8 and 8.2).</summary>
internal sealed class MetaMembers(MetaSettings settings, MetaCalls calls, IMetaApi api, Normalizers normalizers)
{
    private const string SessionFinished = "meta_2650_1870159";

    private static readonly RefusedMember[] NoMembers = [];

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        // Limited data use is sent with uploads, not with removals (10).
        var limited = call.Operation == MemberOperation.Add ? settings.LimitedDataUse : null;
        using var payload = Write(call.Members, limited, session: null, cancellationToken);
        if (payload.Rows == 0)
        {
            return new CallResult(Outcome.Done, payload.Invalid, NoMembers);
        }

        return IsAudience(call.Audience)
            ? await MakeAsync(payload, (proof, body, token) => AttemptAsync(call, proof, body, token), cancellationToken)
            : NoAudience(payload);
    }

    /// <summary>A batch is sent even without rows, because the first opens and the last closes the session.</summary>
    public async ValueTask<CallResult> ReplaceAsync(Resync resync, ResyncBatch batch, CancellationToken cancellationToken)
    {
        var session = new MetaSession(resync.SessionId, batch.Number, resync.Batches, resync.EstimatedMembers);
        using var payload = Write(batch.Members, settings.LimitedDataUse, session, cancellationToken);
        if (!IsAudience(resync.Audience))
        {
            return NoAudience(payload);
        }

        var result = await MakeAsync(
            payload,
            (proof, body, token) => api.ReplaceAsync(resync.Audience.Value, proof?.Hex, proof?.UnixSeconds, body, token),
            cancellationToken
        );

        // The last batch was repeated after its response was lost: the session is finished because the first attempt succeeded (8).
        return batch.Number == resync.Batches && result.Outcome.Code == SessionFinished ? result with { Outcome = Outcome.Done } : result;
    }

    public async ValueTask<CallResult> EraseAsync(IReadOnlyList<Member> members, CancellationToken cancellationToken)
    {
        using var payload = Write(members, limited: null, session: null, cancellationToken);
        return payload.Rows == 0
            ? new CallResult(Outcome.Done, payload.Invalid, NoMembers)
            : await MakeAsync(
                payload,
                (proof, body, token) => api.EraseAsync(settings.AccountNumber, proof?.Hex, proof?.UnixSeconds, body, token),
                cancellationToken
            );
    }

    private static bool IsAudience(RemoteAudienceId audience) => JsonFields.IsDigits(audience.Value ?? "");

    private static CallResult NoAudience(MemberBody payload) =>
        new(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), payload.Invalid, NoMembers);

    private MemberBody Write(
        IReadOnlyList<Member> members,
        LimitedDataUse? limited,
        MetaSession? session,
        CancellationToken cancellationToken
    )
    {
        if (members.Count > MetaLimits.MembersPerCall)
        {
            throw new ArgumentException($"At most {MetaLimits.MembersPerCall} members are allowed in one call.", nameof(members));
        }

        cancellationToken.ThrowIfCancellationRequested();
        return MetaPayload.Write(members, normalizers, limited, session);
    }

    private async ValueTask<CallResult> MakeAsync(
        MemberBody payload,
        Func<MetaProof?, HttpContent, CancellationToken, Task<HttpResponseMessage>> call,
        CancellationToken cancellationToken
    )
    {
        var reply = await calls.MakeAsync(
            async (proof, token) =>
            {
                using var body = payload.ToContent();
                return await call(proof, body, token);
            },
            isUpload: true,
            cancellationToken
        );
        var answer = reply.Answer;
        return new CallResult(
            reply.Outcome,
            payload.Invalid,
            answer is { IsUpload: true, InvalidEntries: > 0 } ? RejectedBy(answer, payload) : NoMembers,
            answer is { IsUpload: true } ? Math.Min(answer.InvalidEntries, payload.Rows) : 0,
            Job: null,
            reply.Usage.Account,
            answer?.TraceId,
            reply.Http?.Status ?? 0
        );
    }

    private Task<HttpResponseMessage> AttemptAsync(MemberCall call, MetaProof? proof, HttpContent body, CancellationToken cancellationToken)
    {
        var audience = call.Audience.Value;
        return call.Operation switch
        {
            MemberOperation.Add => api.AddAsync(audience, proof?.Hex, proof?.UnixSeconds, body, cancellationToken),
            MemberOperation.Remove => api.RemoveAsync(audience, proof?.Hex, proof?.UnixSeconds, body, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(call), call.Operation, "Unknown operation."),
        };
    }

    private static RefusedMember[] RejectedBy(MetaAnswer answer, MemberBody payload) =>
        [
            .. answer
                .InvalidRows.Select(payload.MemberOf)
                .Where(member => member >= 0)
                .Distinct()
                .Order()
                .Select(member => new RefusedMember(member, MetaDestination.InvalidEntry)),
        ];
}
