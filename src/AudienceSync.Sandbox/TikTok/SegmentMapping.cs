using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>
/// <c>POST segment/mapping/</c>, contract tiktok 5.2. One action a call; the whole call succeeds or fails; the answer counts nothing.
/// Which of these checks the real service makes is not documented: here it makes them all.
/// </summary>
internal sealed class SegmentMapping(TikTokPlatform platform, TikTokFaults faults, TimeProvider clock)
{
    private const string Endpoint = "segment/mapping";

    public async Task HandleAsync(TikTokCall call)
    {
        var body = SegmentBody.Of(call);
        var wrong = body.Unknown("advertiser_ids", "action", "id_schema", "batch_data");
        List<TikTokAccount> accounts = [];
        wrong ??= Advertisers(call, body, accounts);
        if (wrong is not null)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var schema = SchemaOf(body);
        using var upload = new MappingUpload(schema ?? [], id => platform.FindEvenDeleted(id) is { } found && accounts.Contains(found.Account) ? found : null);
        wrong = ActionError(body)
            ?? (schema is null ? TikTokError.Parameter("id_schema: must be different types that segment/mapping knows.") : null)
            ?? upload.Read(body.Field("batch_data"), accounts[0].Limits.MaxRows);
        await AnswerAsync(call, body.Text("action") == "delete", upload, wrong);
    }

    private async Task AnswerAsync(TikTokCall call, bool removing, MappingUpload upload, TikTokError? wrong)
    {
        var touched = upload.Batches.Select(batch => batch.Audience).ToList();
        call.Rows = upload.Rows;
        call.Audience = touched is [var only] ? only.Id : null;
        var operation = removing ? FaultOperation.Remove : FaultOperation.Add;
        var (rule, ended) = await faults.AskAsync(call, platform, operation, touched.FirstOrDefault(), Endpoint);
        if (ended)
        {
            return;
        }

        wrong ??= touched.Exists(audience => audience.IsBusy(clock.GetUtcNow())) ? TikTokError.NotEditable : null;
        if (wrong is not null)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        Apply(call, removing, upload, rule?.Kind);
        await call.EndAsync(() => rule?.Kind == FaultKind.Partial ? call.RefuseAsync(TikTokError.Partial) : call.AnswerAsync());
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
