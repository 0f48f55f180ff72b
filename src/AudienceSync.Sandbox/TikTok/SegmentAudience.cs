using System.Text.Json;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary><c>POST segment/audience/</c> and <c>POST dmp/custom_audience/delete/</c>, contract tiktok 5.1 and 6.3.</summary>
internal sealed class SegmentAudience(TikTokPlatform platform, TikTokFaults faults)
{
    private const string Endpoint = "segment/audience";
    private const int MaxNameLength = 70;
    private const int TruncatedNameLength = 67;

    /// <summary>The maximum number of audiences per advertiser (contract 7); the error code beyond it is unknown.</summary>
    private const int MaxAudiences = 400;

    private const int MaxIds = 100;

    public Task HandleAsync(TikTokCall call)
    {
        var body = SegmentBody.Of(call);
        TikTokAccount account = null!;
        var error =
            body.Unknown("advertiser_id", "action", "custom_audience_name", "delete_audience_id")
            ?? ValidateAdvertiser(body, call, out account);
        if (error is not null)
        {
            return call.RefuseAsync(error);
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
        var error = body.Unknown("advertiser_id", "custom_audience_ids") ?? ValidateAdvertiser(body, call, out account);
        return error is null
            ? DeleteAsync(call, account, SegmentBody.Texts(body.Field("custom_audience_ids")), "custom_audience_ids")
            : call.RefuseAsync(error);
    }

    private TikTokError? ValidateAdvertiser(SegmentBody body, TikTokCall call, out TikTokAccount account)
    {
        account = null!;
        return body.Text("advertiser_id") is { Length: > 0 } id
            ? Admission.Advertiser(call, platform, id, out account)
            : TikTokError.Parameter("advertiser_id: Missing data for required field.");
    }

    private async Task CreateAsync(TikTokCall call, TikTokAccount account, string? name)
    {
        var (rule, ended) = await faults.InjectAsync(call, platform, FaultOperation.Create, null, Endpoint);
        if (ended)
        {
            return;
        }

        if (string.IsNullOrEmpty(name))
        {
            await call.RefuseAsync(TikTokError.Parameter("custom_audience_name: Missing data for required field."));
            return;
        }

        if (platform.AudiencesOf(account).Count >= MaxAudiences)
        {
            await call.RefuseAsync(TikTokError.Parameter($"An advertiser can have at most {MaxAudiences} audiences."));
            return;
        }

        // The real platform also truncates silently. Duplicate names are accepted.
        var audience = platform.Create(account, name.Length > MaxNameLength ? name[..TruncatedNameLength] + "..." : name);
        call.Audience = audience.Id;
        await call.CompleteAsync(() => call.RespondAsync(json => json.WriteString("audience_id", audience.Id)));
    }

    private async Task DeleteAsync(TikTokCall call, TikTokAccount account, IReadOnlyList<string>? ids, string field)
    {
        if (ids is null || ids.Count > MaxIds)
        {
            await call.RefuseAsync(TikTokError.Parameter($"{field}: needs 1 to {MaxIds} ids."));
            return;
        }

        var found = ids.Select(platform.FindAudience).Where(audience => audience?.Account == account).OfType<TikTokAudience>().ToList();
        call.Audience = found is [var only] ? only.Id : null;
        var (rule, ended) = await faults.InjectAsync(call, platform, FaultOperation.Delete, found.FirstOrDefault(), Endpoint);
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
        await call.CompleteAsync(() => call.RespondAsync());
    }
}
