using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.Google;

/// <summary>The request and response format of a user list, contract google 6.3.</summary>
internal static class UserListForm
{
    private const long SecondsPerDay = 86_400;

    /// <summary>Below this number no size is reported; from this number on it is rounded to two digits (contract 4.6).</summary>
    private const int MinReported = 100;

    public static readonly string[] Kinds = ["CONTACT_ID", "MOBILE_ID", "USER_ID"];

    // Indexed by enum number.
    private static readonly string[] KeyTypes = ["UPLOAD_KEY_TYPE_UNSPECIFIED", .. Kinds, "PAIR_ID", "PSEUDONYMOUS_ID"];

    private static readonly string[] Sources = ["DATA_SOURCE_TYPE_UNSPECIFIED", "DATA_SOURCE_TYPE_FIRST_PARTY"];

    /// <summary>Null on an error, which is added to the findings.</summary>
    public static ListForm? Read(JsonElement json, Findings findings)
    {
        var message = ProtoMessage.Read(
            json,
            "",
            findings,
            "displayName",
            "description",
            "membershipDuration",
            "membershipStatus",
            "integrationCode",
            "ingestedUserListInfo",
            // Output-only fields; the platform ignores them when a client repeats them.
            "name",
            "id",
            "readOnly",
            "sizeInfo",
            "closingReason",
            "accessReason",
            "accountAccessStatus",
            "targetNetworkInfo"
        );
        var name = message.Text("displayName");
        if (name is null)
        {
            findings.Missing("display_name");
        }

        var days = Days(message.Text("membershipDuration"), findings);
        var closed = message.Enum("membershipStatus", "MEMBERSHIP_STATUS_UNSPECIFIED", "OPEN", "CLOSED") == "CLOSED";
        if (message.Message("ingestedUserListInfo", "uploadKeyTypes", "contactIdInfo", "mobileIdInfo", "userIdInfo") is not { } info)
        {
            findings.Missing("ingested_user_list_info");
            return null;
        }

        var kind = KindOf(info, findings);
        var mobile = info.Message("mobileIdInfo", "dataSourceType", "keySpace", "appId");
        var (space, app) = (mobile?.Enum("keySpace", "KEY_SPACE_UNSPECIFIED", "IOS", "ANDROID"), mobile?.Text("appId"));
        if (kind == DataKind.MobileId && (space is null || app is null))
        {
            findings.Missing(info.At("mobileIdInfo"));
        }

        info.Message("contactIdInfo", "dataSourceType")?.Enum("dataSourceType", Sources);
        info.Message("userIdInfo", "dataSourceType")?.Enum("dataSourceType", Sources);
        return findings.Error is not null
            ? null
            : new ListForm
            {
                DisplayName = name!,
                Description = message.Text("description"),
                IntegrationCode = message.Text("integrationCode"),
                MembershipDays = days,
                Closed = closed,
                Kind = kind,
                KeySpace = space,
                AppId = app,
            };
    }

    public static void Write(Utf8JsonWriter json, GoogleList list)
    {
        var form = list.Form;
        json.WriteString("name", $"accountTypes/GOOGLE_ADS/accounts/{list.Account.Id}/userLists/{list.Id}");
        json.WriteString("id", list.Id);
        json.WriteString("displayName", form.DisplayName);
        WriteUnlessMissing(json, "description", form.Description);
        WriteUnlessMissing(json, "integrationCode", form.IntegrationCode);
        json.WriteString("membershipDuration", string.Create(CultureInfo.InvariantCulture, $"{form.MembershipDays * SecondsPerDay}s"));
        json.WriteString("membershipStatus", form.Closed ? "CLOSED" : "OPEN");
        WriteSize(json, list.List.People);
        json.WriteStartObject("ingestedUserListInfo");
        json.WriteStartArray("uploadKeyTypes");
        json.WriteStringValue(Kinds[(int)form.Kind]);
        json.WriteEndArray();
        if (form.Kind == DataKind.MobileId)
        {
            json.WriteStartObject("mobileIdInfo");
            json.WriteString("keySpace", form.KeySpace);
            json.WriteString("appId", form.AppId);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSize(Utf8JsonWriter json, int people)
    {
        if (people < MinReported)
        {
            return;
        }

        var step = (int)Math.Pow(10, Math.Floor(Math.Log10(people)) - 1);
        var shown = (people / step * step).ToString(CultureInfo.InvariantCulture);
        json.WriteStartObject("sizeInfo");
        foreach (
            var network in (string[])["displayNetworkMembersCount", "searchNetworkMembersCount", "youtubeMembersCount", "gmailMembersCount"]
        )
        {
            json.WriteString(network, shown);
        }

        json.WriteEndObject();
    }

    private static void WriteUnlessMissing(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static DataKind KindOf(ProtoMessage info, Findings findings)
    {
        var kinds = info.Enums("uploadKeyTypes", KeyTypes);
        var kind = kinds.Count == 1 ? Array.IndexOf(Kinds, kinds[0]) : -1;
        if (kind < 0 && (kinds.Count > 0 || info.Items("uploadKeyTypes").Count == 0))
        {
            findings.Add(
                info.At("uploadKeyTypes"),
                kinds.Count == 0 ? "REQUIRED_FIELD_MISSING"
                    : kinds.Count > 1 ? "TOO_MANY_ELEMENTS"
                    : "INVALID_ENUM_VALUE",
                "Exactly one of CONTACT_ID, MOBILE_ID and USER_ID."
            );
        }

        return (DataKind)Math.Max(kind, 0);
    }

    // A duration is a string in seconds; only whole days are accepted, and a missing value means the maximum.
    private static int Days(string? duration, Findings findings)
    {
        if (duration is null)
        {
            return ListForm.MaxMembershipDays;
        }

        if (
            !duration.EndsWith('s')
            || !long.TryParse(duration.AsSpan(0, duration.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds % SecondsPerDay != 0
        )
        {
            findings.Add("membership_duration", "INVALID_ARGUMENT", "Must be seconds of whole days, such as 7776000s.");
            return 0;
        }

        if (seconds / SecondsPerDay > ListForm.MaxMembershipDays)
        {
            findings.Add("membership_duration", "MEMBERSHIP_DURATION_TOO_LONG", $"At most {ListForm.MaxMembershipDays} days.");
        }

        return (int)Math.Min(seconds / SecondsPerDay, ListForm.MaxMembershipDays);
    }
}
