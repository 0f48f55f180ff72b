using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>An audience as returned by <c>list/</c> and <c>get/</c> (contract tiktok 6); segment audiences have the type Partner.</summary>
internal static class AudienceFields
{
    /// <param name="typeField">The same information has a different name in each of the two responses.</param>
    public static void Write(Utf8JsonWriter json, TikTokAudience audience, DateTimeOffset now, string typeField)
    {
        var cover = audience.Cover(now);
        json.WriteString("audience_id", audience.Id);
        json.WriteString("name", audience.Name);
        json.WriteString(typeField, "Partner");
        json.WriteString("calculate_type", "MULTIPLE_TYPES");
        json.WriteNumber("cover_num", cover);
        json.WriteBoolean("is_valid", cover >= TikTokAudience.MinUsable && now < audience.ExpiresAt && !audience.IsBusy(now));
        json.WriteBoolean("is_expiring", audience.IsExpiring(now));
        json.WriteBoolean("is_creator", true);
        json.WriteBoolean("shared", false);
        json.WriteString("create_time", Time(audience.CreatedAt));
        json.WriteString("expired_time", Time(audience.ExpiresAt));
    }

    public static void WriteDetails(Utf8JsonWriter json, TikTokAudience audience, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteStartObject("audience_details");
        Write(json, audience, now, "type");
        json.WriteString("audience_sub_type", "NORMAL");
        json.WriteBoolean("is_auto_refresh", false);
        json.WriteNull("msg");
        json.WriteNull("error_msg");
        json.WriteString("rule", """{"inclusions": null, "exclusions": null}""");
        json.WriteEndObject();
        json.WriteStartArray("audience_history");
        json.WriteStartObject();
        json.WriteString("opt_time", Time(audience.CreatedAt));
        json.WriteString("action", "create");
        json.WriteString("action_detail", "0");
        json.WriteString("editor", "open_api");
        json.WriteNull("msg");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
