using System.Text.Json;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary><c>POST segment/audience/</c> and <c>POST dmp/custom_audience/delete/</c>, contract tiktok 5.1 and 6.3.</summary>
internal sealed class SegmentAudience(TikTokPlatform platform, TikTokFaults faults)
{
    private const string Endpoint = "segment/audience";
    private const int LongestName = 70;
    private const int CutName = 67;

    /// <summary>Audiences an advertiser may have (contract 7); the code beyond is not known.</summary>
    private const int MostAudiences = 400;

    private const int MostIds = 100;

    public Task HandleAsync(TikTokCall call)
    {
        var body = SegmentBody.Of(call);
        TikTokAccount account = null!;
        var wrong = body.Unknown("advertiser_id", "action", "custom_audience_name", "delete_audience_id")
            ?? Known(body, call, out account);
        if (wrong is not null)
        {
            return call.RefuseAsync(wrong);
        }

        return body.Text("action") switch
        {
            "create" => CreateAsync(call, account, body.Text("custom_audience_name")),
            "delete" => DeleteAsync(call, account, body.Text("delete_audience_id") is { } id ? [id] : null, "delete_audience_id"),
            _ => call.RefuseAsync(TikTokError.Parameter("action: must be create or delete.")),
        };
    }

    public Task DeleteManyAsync(TikTokCall call)
    {
        var body = SegmentBody.Of(call);
        TikTokAccount account = null!;
        var wrong = body.Unknown("advertiser_id", "custom_audience_ids") ?? Known(body, call, out account);
        return wrong is null
            ? DeleteAsync(call, account, SegmentBody.Texts(body.Field("custom_audience_ids")), "custom_audience_ids")
            : call.RefuseAsync(wrong);
    }

    private TikTokError? Known(SegmentBody body, TikTokCall call, out TikTokAccount account)
    {
        account = null!;
        return body.Text("advertiser_id") is { Length: > 0 } id
            ? Admission.Advertiser(call, platform, id, out account)
            : TikTokError.Parameter("advertiser_id: Missing data for required field.");
    }

    private async Task CreateAsync(TikTokCall call, TikTokAccount account, string? name)
    {
        var (rule, ended) = await faults.AskAsync(call, platform, FaultOperation.Create, null, Endpoint);
        if (ended)
        {
            return;
        }

        if (string.IsNullOrEmpty(name))
        {
            await call.RefuseAsync(TikTokError.Parameter("custom_audience_name: Missing data for required field."));
            return;
        }

        if (platform.AudiencesOf(account).Count >= MostAudiences)
        {
            await call.RefuseAsync(TikTokError.Parameter($"An advertiser can have at most {MostAudiences} audiences."));
            return;
        }

        // The cut is silent on the real platform, too. Equal names are accepted.
        var audience = platform.Create(account, name.Length > LongestName ? name[..CutName] + "..." : name);
        call.Audience = audience.Id;
        await call.EndAsync(() => call.AnswerAsync(json => json.WriteString("audience_id", audience.Id)));
    }

    private async Task DeleteAsync(TikTokCall call, TikTokAccount account, IReadOnlyList<string>? ids, string field)
    {
        if (ids is null || ids.Count > MostIds)
        {
            await call.RefuseAsync(TikTokError.Parameter($"{field}: needs 1 to {MostIds} ids."));
            return;
        }

        var found = ids.Select(platform.FindAudience).Where(audience => audience?.Account == account).OfType<TikTokAudience>().ToList();
        call.Audience = found is [var only] ? only.Id : null;
        var (rule, ended) = await faults.AskAsync(call, platform, FaultOperation.Delete, found.FirstOrDefault(), Endpoint);
        if (ended)
        {
            return;
        }

        if (ids.FirstOrDefault(id => !found.Exists(audience => audience.Id == id)) is { } missing)
        {
            await call.RefuseAsync(TikTokError.Missing(missing.Length <= 40 ? missing : missing[..40]));
            return;
        }

        found.ForEach(audience => audience.List.Delete());
        await call.EndAsync(() => call.AnswerAsync());
    }
}
