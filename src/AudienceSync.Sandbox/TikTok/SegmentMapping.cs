using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>
/// <c>POST segment/mapping/</c>, contract tiktok 5.2. One action per call; the whole call succeeds or fails; the response contains no
/// counts. It is not documented which of these checks the real service makes: the sandbox makes all of them.
/// </summary>
internal sealed class SegmentMapping(TikTokPlatform platform, TikTokFaults faults, TimeProvider clock)
{
    private const string Endpoint = "segment/mapping";

    public async Task HandleAsync(TikTokCall call)
    {
        var body = SegmentBody.Of(call);
        var error = body.Unknown("advertiser_ids", "action", "id_schema", "batch_data");
        List<TikTokAccount> accounts = [];
        error ??= Advertisers(call, body, accounts);
        if (error is not null)
        {
            await call.RefuseAsync(error);
            return;
        }

        var schema = SchemaOf(body);
        using var upload = new MappingUpload(
            schema ?? [],
            id => platform.FindAny(id) is { } found && accounts.Contains(found.Account) ? found : null
        );
        error =
            ActionError(body)
            ?? (schema is null ? TikTokError.Parameter("id_schema: must be different types that segment/mapping knows.") : null)
            ?? upload.Read(body.Field("batch_data"), accounts[0].Limits.MaxRows);
        await RespondAsync(call, body.Text("action") == "delete", upload, error);
    }

    private async Task RespondAsync(TikTokCall call, bool removing, MappingUpload upload, TikTokError? error)
    {
        var targets = upload.Batches.Select(batch => batch.Audience).ToList();
        call.Rows = upload.Rows;
        call.Audience = targets is [var only] ? only.Id : null;
        var operation = removing ? FaultOperation.Remove : FaultOperation.Add;
        var (rule, ended) = await faults.InjectAsync(call, platform, operation, targets.FirstOrDefault(), Endpoint);
        if (ended)
        {
            return;
        }

        error ??= targets.Exists(audience => audience.IsBusy(clock.GetUtcNow())) ? TikTokError.NotEditable : null;
        if (error is not null)
        {
            await call.RefuseAsync(error);
            return;
        }

        Apply(call, removing, upload, rule?.Kind);
        await call.CompleteAsync(() => rule?.Kind == FaultKind.Partial ? call.RefuseAsync(TikTokError.Partial) : call.RespondAsync());
    }

    private void Apply(TikTokCall call, bool removing, MappingUpload upload, FaultKind? fault)
    {
        var (applied, removed) = (0, 0);
        foreach (var (audience, rows) in upload.Batches)
        {
            if (fault is FaultKind.Partial or FaultKind.SilentDrop)
            {
                rows.KeepRowsBefore(fault == FaultKind.Partial ? upload.Rows / 2 : 0);
            }

            applied += removing ? 0 : audience.List.Add(rows, clock.GetUtcNow());
            removed += removing ? audience.List.Remove(rows) : 0;
            audience.Changed(clock.GetUtcNow());
        }

        call.Effect = new CallEffect(applied, removed, 0, upload.EmptyHashes);
    }

    private TikTokError? Advertisers(TikTokCall call, SegmentBody body, List<TikTokAccount> accounts)
    {
        if (SegmentBody.Texts(body.Field("advertiser_ids")) is not { } ids)
        {
            return TikTokError.Parameter("advertiser_ids: must be a non-empty array of strings.");
        }

        foreach (var id in ids)
        {
            if (Admission.Advertiser(call, platform, id, out var account) is { } refused)
            {
                return refused;
            }

            accounts.Add(account);
        }

        return accounts.Select(account => account.Limits.BusinessCenter).Distinct(StringComparer.Ordinal).Count() > 1
            ? TikTokError.Parameter("advertiser_ids: must belong to the same Business Center.")
            : null;
    }

    private static TikTokError? ActionError(SegmentBody body) =>
        body.Field("action").ValueKind == System.Text.Json.JsonValueKind.Undefined || body.Text("action") is "add" or "delete"
            ? null
            : TikTokError.Parameter("action: must be add or delete.");

    private static List<IdType>? SchemaOf(SegmentBody body)
    {
        var types = SegmentBody.Texts(body.Field("id_schema"))?.Select(IdType.Find).ToList();
        return types is null || types.Contains(null) || types.Distinct().Count() != types.Count ? null : types.ConvertAll(type => type!);
    }
}
