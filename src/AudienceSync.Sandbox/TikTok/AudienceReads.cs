using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.TikTok;

/// <summary><c>GET dmp/custom_audience/list/</c> and <c>get/</c>, contract tiktok 6.1 and 6.2. Members cannot be read back.</summary>
internal sealed class AudienceReads(TikTokPlatform platform)
{
    private const int MaxIds = 100;
    private const int DefaultPage = 10;
    private const int MaxPage = 100;
    private const int MaxHistory = 100;

    public Task ListAsync(TikTokCall call)
    {
        var query = call.Context.Request.Query;
        var error = Read(call, out var account, out var ids, "advertiser_id", "page", "page_size", "custom_audience_ids");
        var page = Number(query["page"], 1, int.MaxValue, 1);
        var size = Number(query["page_size"], 1, MaxPage, DefaultPage);
        error ??= page is null || size is null ? TikTokError.Parameter($"page must be at least 1, page_size 1 to {MaxPage}.") : null;
        if (error is not null)
        {
            return call.RefuseAsync(error);
        }

        var all = platform.AudiencesOf(account).Where(audience => ids is null || ids.Contains(audience.Id)).ToList();
        var shown = all.Skip((int)Math.Min(int.MaxValue, (page!.Value - 1L) * size!.Value)).Take(size.Value);
        return call.RespondAsync(json =>
        {
            json.WriteStartArray("list");
            foreach (var audience in shown)
            {
                json.WriteStartObject();
                AudienceFields.Write(json, audience, call.At, "audience_type");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("page_info");
            json.WriteNumber("page", page.Value);
            json.WriteNumber("page_size", size.Value);
            json.WriteNumber("total_number", all.Count);
            json.WriteNumber("total_page", (all.Count + size.Value - 1) / size.Value);
            json.WriteEndObject();
        });
    }

    public Task GetAsync(TikTokCall call)
    {
        var error = Read(call, out var account, out var ids, "advertiser_id", "custom_audience_ids", "history_size");
        error ??= ids is null ? TikTokError.Parameter("custom_audience_ids: Missing data for required field.") : null;
        error ??= Number(call.Context.Request.Query["history_size"], 1, MaxHistory, MaxHistory) is null
            ? TikTokError.Parameter($"history_size must be 1 to {MaxHistory}.")
            : null;
        if (error is not null)
        {
            return call.RefuseAsync(error);
        }

        if (ids!.FirstOrDefault(id => platform.FindAudience(id) is not { } found || found.Account != account) is { } missing)
        {
            return call.RefuseAsync(TikTokError.Missing(missing.Length <= 40 ? missing : missing[..40]));
        }

        call.Audience = ids is [var only] ? only : null;
        return call.RespondAsync(json =>
        {
            json.WriteStartArray("list");
            foreach (var id in ids!)
            {
                AudienceFields.WriteDetails(json, platform.FindAudience(id)!, call.At);
            }

            json.WriteEndArray();
        });
    }

    private TikTokError? Read(TikTokCall call, out TikTokAccount account, out IReadOnlyList<string>? ids, params ReadOnlySpan<string> known)
    {
        (account, ids) = (null!, null);
        var query = call.Context.Request.Query;
        foreach (var name in query.Keys)
        {
            if (!known.Contains(name))
            {
                return TikTokError.Parameter($"{(name.Length <= 40 ? name : name[..40])}: unknown field.");
            }
        }

        if (query["advertiser_id"].ToString() is not { Length: > 0 } advertiser)
        {
            return TikTokError.Parameter("advertiser_id: Missing data for required field.");
        }

        var refused = Admission.Advertiser(call, platform, advertiser, out account);
        return refused
            ?? (
                query.ContainsKey("custom_audience_ids") && !ReadIds(query["custom_audience_ids"].ToString(), out ids)
                    ? TikTokError.Parameter($"custom_audience_ids: must be a JSON array of 1 to {MaxIds} strings.")
                    : null
            );
    }

    private static bool ReadIds(string text, out IReadOnlyList<string>? ids)
    {
        ids = null;
        try
        {
            using var json = JsonDocument.Parse(text);
            ids = JsonText.IsValidUnicode(json.RootElement) ? SegmentBody.Texts(json.RootElement) : null;
        }
        catch (JsonException)
        {
            return false;
        }

        return ids is { Count: <= MaxIds };
    }

    private static int? Number(string? text, int min, int max, int fallback) =>
        text switch
        {
            null => fallback,
            _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max =>
                number,
            _ => null,
        };
}
