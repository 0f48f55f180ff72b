using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;

namespace AudienceSync.Sandbox.Meta;

/// <summary><c>GET /{audience_id}</c> and <c>GET /act_{id}/customaudiences</c>, contract 5.2 and 5.3.</summary>
internal sealed class AudienceReads(MetaPlatform platform, CallLog calls, TimeProvider clock)
{
    private const int DefaultPage = 25;
    private const int MaxPage = 500;

    public async Task OneAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["audience"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        if (id.StartsWith("act_", StringComparison.Ordinal))
        {
            await AccountAsync(context, id, parameters);
            return;
        }

        var audience = platform.FindAudience(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, id) { Operation = "read", TargetExists = audience is not null };
        var fields = AudienceFields.Of(parameters);
        var refused =
            Admission.Admit(call, context.Request, parameters, platform, (id, audience?.Account), now)
            ?? parameters.Error
            ?? parameters.Unknown("fields")
            ?? AudienceFields.Unknown(fields);
        await (refused is null ? call.RespondAsync(json => AudienceFields.Write(json, audience!, fields, now)) : call.RefuseAsync(refused));
    }

    /// <summary>The account itself; only the terms are simulated (contract 11).</summary>
    private async Task AccountAsync(HttpContext context, string id, GraphParameters parameters)
    {
        var account = platform.FindAccount(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, null) { Operation = "read", TargetExists = account is not null };
        var fields = AudienceFields.Of(parameters);
        var refused =
            Admission.Admit(call, context.Request, parameters, platform, (id, account), now)
            ?? parameters.Error
            ?? parameters.Unknown("fields")
            ?? (
                Array.Exists(fields, field => field is not ("id" or "account_id" or "tos_accepted"))
                    ? GraphError.Invalid("Tried accessing nonexisting field.")
                    : null
            );
        await (refused is null ? call.RespondAsync(json => WriteAccount(json, account!, fields)) : call.RefuseAsync(refused));
    }

    public async Task ListAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["account"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var account = platform.FindAccount(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, null) { Operation = "list", TargetExists = account is not null };
        var fields = AudienceFields.Of(parameters);
        var (limit, limitError) = LimitOf(parameters.Text("limit"));
        var refused =
            Admission.Admit(call, context.Request, parameters, platform, (id, account), now)
            ?? parameters.Error
            ?? parameters.Unknown("fields", "limit", "after")
            ?? AudienceFields.Unknown(fields)
            ?? limitError;
        if (refused is not null)
        {
            await call.RefuseAsync(refused);
            return;
        }

        var after = parameters.Text("after") ?? "";
        var page = account!
            .Audiences.Where(audience => !audience.List.Deleted && string.CompareOrdinal(audience.Id, after) > 0)
            .Take(limit + 1)
            .ToList();
        await call.RespondAsync(json => WritePage(json, context.Request, [.. page.Take(limit)], fields, page.Count > limit, limit, now));
    }

    // Clients follow the next URL unchanged, so it repeats the request parameters with the cursor of the next page. It contains the token
    // when the caller sent it as a parameter, as on the real platform; a client that sends the token as a header sends it again, and the
    // URL does not contain it.
    private static string Next(HttpRequest request, int limit, string after)
    {
        var byHeader = request.Headers.Authorization.Count > 0;
        var kept = request
            .Query.Where(parameter => parameter.Key is not ("limit" or "after") && !(byHeader && parameter.Key == "access_token"))
            .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value.ToString()));
        var query = QueryString.Create([
            .. kept,
            KeyValuePair.Create("limit", (string?)limit.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("after", (string?)after),
        ]);
        return $"{request.Scheme}://{request.Host}{request.Path}{query}";
    }

    private static void WriteAccount(Utf8JsonWriter json, MetaAccount account, string[] fields)
    {
        json.WriteStartObject();
        if (fields.Contains("tos_accepted"))
        {
            json.WriteStartObject("tos_accepted");
            json.WriteNumber("custom_audience_tos", account.Settings.TermsAccepted ? 1 : 0);
            json.WriteEndObject();
        }

        if (fields.Contains("account_id"))
        {
            json.WriteString("account_id", account.Number);
        }

        json.WriteString("id", account.Id);
        json.WriteEndObject();
    }

    private static (int Limit, GraphError? Error) LimitOf(string? text) =>
        text switch
        {
            null => (DefaultPage, null),
            _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MaxPage => (
                limit,
                null
            ),
            _ => (0, GraphError.Invalid($"limit must be 1 to {MaxPage}.")),
        };

    private static void WritePage(
        Utf8JsonWriter json,
        HttpRequest request,
        List<MetaAudience> page,
        string[] fields,
        bool more,
        int limit,
        DateTimeOffset now
    )
    {
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var audience in page)
        {
            AudienceFields.Write(json, audience, fields, now);
        }

        json.WriteEndArray();
        if (page.Count > 0)
        {
            json.WriteStartObject("paging");
            json.WriteStartObject("cursors");
            json.WriteString("before", page[0].Id);
            json.WriteString("after", page[^1].Id);
            json.WriteEndObject();
            if (more)
            {
                json.WriteString("next", Next(request, limit, page[^1].Id));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
