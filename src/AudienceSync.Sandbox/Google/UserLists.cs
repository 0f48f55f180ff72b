using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary><c>userLists</c> of an account: create, get, list and delete, contract google 6.3.</summary>
internal sealed class UserLists(GooglePlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
{
    private const int DefaultPage = 50;
    private const int MaxPage = 1_000;

    public async Task CreateAsync(HttpContext context)
    {
        var call = Open(context, "create");
        if (Admit(call, QuotaGroup.ManagementMutate, out var account) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        var findings = new Findings();
        using var document = await RequestBody.ReadAsync(context, findings);
        var form = UserListForm.Read(document.RootElement, findings);
        var (rule, ended) = await GoogleFaults.InjectAsync(call, faults, clock, FaultOperation.Create, null);
        if (ended)
        {
            return;
        }

        if (form is not null && platform.HasName(account, form.DisplayName))
        {
            findings.Add("display_name", "DISPLAY_NAME_ALREADY_USED", "Another user list of the account has this name.");
        }

        if (findings.Error is { } error)
        {
            await call.RefuseAsync(error);
            return;
        }

        if (context.Request.Query["validateOnly"] == "true")
        {
            await call.RespondAsync(static _ => { });
            return;
        }

        await (
            platform.Create(account, form!) is { } list
                ? call.CompleteAsync(() => call.RespondAsync(json => UserListForm.Write(json, list)))
                : call.RefuseAsync(GoogleError.Aborted)
        );
    }

    public Task GetAsync(HttpContext context)
    {
        platform.Settle();
        var call = Open(context, "read");
        if (Admit(call, QuotaGroup.ManagementRead, out var account) is { } refused)
        {
            return call.RefuseAsync(refused);
        }

        if (platform.FindList((string)context.Request.RouteValues["list"]!) is not { } list || list.Account != account)
        {
            return call.RefuseAsync(GoogleError.NotFound);
        }

        call.Audience = list.Id;
        return call.RespondAsync(json => UserListForm.Write(json, list));
    }

    public async Task DeleteAsync(HttpContext context)
    {
        platform.Settle();
        var call = Open(context, "delete");
        if (Admit(call, QuotaGroup.ManagementMutate, out var account) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        if (platform.FindList((string)context.Request.RouteValues["list"]!) is not { } list || list.Account != account)
        {
            await call.RefuseAsync(GoogleError.NotFound);
            return;
        }

        call.Audience = list.Id;
        var (rule, ended) = await GoogleFaults.InjectAsync(call, faults, clock, FaultOperation.Delete, list);
        if (ended)
        {
            return;
        }

        if (context.Request.Query["validateOnly"] != "true")
        {
            list.List.Delete();
        }

        await call.CompleteAsync(() => call.RespondAsync(static _ => { }));
    }

    public Task ListAsync(HttpContext context)
    {
        platform.Settle();
        var call = Open(context, "list");
        if (Admit(call, QuotaGroup.ManagementRead, out var account) is { } refused)
        {
            return call.RefuseAsync(refused);
        }

        var query = context.Request.Query;
        var size = query["pageSize"].ToString() is { Length: > 0 } text ? Number(text) : DefaultPage;
        var from = query["pageToken"].ToString() is { Length: > 0 } token ? Number(token) : 0;
        var filter = ListFilter.Parse(query["filter"].ToString());
        if (size is null || from is null || filter is null)
        {
            var (field, reason) =
                from is null ? ("page_token", "INVALID_PAGE_TOKEN")
                : filter is null ? ("filter", "INVALID_FILTER")
                : ("page_size", "INVALID_ARGUMENT");
            return call.RefuseAsync(GoogleError.Invalid(field, reason, "Not a value of this parameter."));
        }

        // A missing size means the default; a larger size is lowered to the maximum and not refused.
        size = size == 0 ? DefaultPage : size;
        var all = platform.ListsOf(account).Where(filter.Matches).ToList();
        var page = all.Skip(from.Value).Take(Math.Min(size.Value, MaxPage)).ToList();
        return call.RespondAsync(json => WritePage(json, page, from.Value + page.Count < all.Count ? from.Value + page.Count : null));
    }

    private GoogleCall Open(HttpContext context, string operation) =>
        new(context, platform, calls, clock.GetUtcNow()) { Operation = operation };

    private GoogleError? Admit(GoogleCall call, QuotaGroup group, out GoogleAccount account)
    {
        var route = call.Context.Request.RouteValues;
        account = platform.FindAccount((string)route["account"]!)!;
        return Admission.Admit(call, platform, group)
            ?? (account is not null && (string)route["type"]! == "GOOGLE_ADS" && call.Caller!.MayUse(account) ? null : GoogleError.Denied);
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void WritePage(Utf8JsonWriter json, List<GoogleList> page, int? next)
    {
        if (page.Count > 0)
        {
            json.WriteStartArray("userLists");
            foreach (var list in page)
            {
                json.WriteStartObject();
                UserListForm.Write(json, list);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (next is not null)
        {
            json.WriteString("nextPageToken", next.Value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
