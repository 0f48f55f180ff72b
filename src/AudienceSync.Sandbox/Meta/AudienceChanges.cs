using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary><c>POST /act_{id}/customaudiences</c> and <c>DELETE /{audience_id}</c>, contract 5.1 and 5.4.</summary>
internal sealed class AudienceChanges(MetaPlatform platform, MetaFaults faults, CallLog calls, TimeProvider clock)
{
    private const int MaxRetentionDays = 180;

    private static readonly string[] Sources = ["USER_PROVIDED_ONLY", "PARTNER_PROVIDED_ONLY", "BOTH_USER_AND_PARTNER_PROVIDED"];

    public async Task CreateAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["account"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var account = platform.FindAccount(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, null) { Operation = "create", TargetExists = account is not null };
        if (Admission.Admit(call, context.Request, parameters, platform, (id, account), now) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        var (fault, ended) = await faults.InjectAsync(call, null, FaultOperation.Create);
        if (ended)
        {
            return;
        }

        var error = account!.Settings.TermsAccepted ? ValidateForm(context.Request, id, parameters) : GraphError.CreateTermsNotAccepted;
        var created = error is null
            ? platform.Create(account, parameters.Text("name")!, ParseBoolean(parameters.Text("enable_fetch_or_create")) == true)
            : null;
        await (
            created is null
                ? call.RefuseAsync(error ?? GraphError.Invalid("The ad account has as many custom audiences as it may have."))
                : call.CompleteAsync(() =>
                    call.RespondAsync(json => AudienceFields.Write(json, created, AudienceFields.Of(parameters), now))
                )
        );
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["audience"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var audience = platform.FindAudience(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, id) { Operation = "delete", TargetExists = audience is not null };
        var refused =
            Admission.Admit(call, context.Request, parameters, platform, (id, audience?.Account), now)
            ?? parameters.Error
            ?? parameters.ValidateWrite(context.Request, id, overrides: false);
        if (refused is not null)
        {
            await call.RefuseAsync(refused);
            return;
        }

        var (fault, ended) = await faults.InjectAsync(call, audience, FaultOperation.Delete);
        if (!ended)
        {
            audience!.List.Delete();
            await call.CompleteAsync(() => call.RespondAsync(static json => WriteSuccess(json)));
        }
    }

    private static GraphError? ValidateForm(HttpRequest request, string account, GraphParameters form)
    {
        var retention = form.Text("retention_days");
        return form.Error
            ?? form.ValidateWrite(
                request,
                account,
                overrides: false,
                "name",
                "subtype",
                "description",
                "customer_file_source",
                "retention_days",
                "opt_out_link",
                "enable_fetch_or_create"
            )
            ?? AudienceFields.Unknown(AudienceFields.Of(form))
            ?? (string.IsNullOrWhiteSpace(form.Text("name")) ? GraphError.Invalid("The parameter name is required.") : null)
            ?? (form.Text("subtype") == "CUSTOM" ? null : GraphError.Invalid("The parameter subtype must be CUSTOM for a customer list."))
            ?? (
                Sources.Contains(form.Text("customer_file_source"))
                    ? null
                    : GraphError.Invalid("The parameter customer_file_source is required for a customer list.")
            )
            ?? (retention is null || IsRetention(retention) ? null : GraphError.Invalid($"retention_days must be 1 to {MaxRetentionDays}."))
            ?? (
                form.Text("enable_fetch_or_create") is { } fetch && ParseBoolean(fetch) is null
                    ? GraphError.Invalid("enable_fetch_or_create must be a boolean.")
                    : null
            );
    }

    private static bool IsRetention(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= MaxRetentionDays;

    private static bool? ParseBoolean(string? text) =>
        text switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => null,
        };

    private static void WriteSuccess(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("success", value: true);
        json.WriteEndObject();
    }
}
