using System.Security.Cryptography;
using System.Text;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>
/// The same receiver with a format of its own, for destinations with templates: <c>PUT</c> and <c>DELETE</c> of
/// <c>/webhook/rest/ACCOUNT/lists/AUDIENCE/people</c>, <c>GET /webhook/rest/ACCOUNT</c> and
/// <c>GET /webhook/rest/ACCOUNT/lists/AUDIENCE</c>, with the account's key as Bearer token. Accounts, lists, budgets and faults
/// are those of <see cref="WebhookApi"/>.
/// </summary>
internal sealed class RestApi(WebhookPlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
{
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    private static readonly WindowLimit[] Limits = [new("minute", TimeSpan.FromMinutes(1), 600)];

    private static readonly string[] Keys = [WebhookPlatform.Email, WebhookPlatform.Phone, WebhookPlatform.ExternalId];

    public void Map(WebApplication app)
    {
        app.MapGet("/webhook/rest/{account}", CheckAsync);
        app.MapGet("/webhook/rest/{account}/lists/{audience}", CheckListAsync);
        app.MapPut("/webhook/rest/{account}/lists/{audience}/people", context => MembersAsync(context, FaultOperation.Add));
        app.MapDelete("/webhook/rest/{account}/lists/{audience}/people", context => MembersAsync(context, FaultOperation.Remove));
    }

    private Task CheckAsync(HttpContext context)
    {
        var call = new WebhookCall(context, calls, clock.GetUtcNow()) { Operation = "check" };
        return Account(context) is null ? call.RefuseAsync(StatusCodes.Status401Unauthorized, "token_refused") : call.RespondAsync([]);
    }

    private Task CheckListAsync(HttpContext context)
    {
        var call = new WebhookCall(context, calls, clock.GetUtcNow()) { Operation = "check" };
        return Account(context) is not { } account ? call.RefuseAsync(StatusCodes.Status401Unauthorized, "token_refused")
            : platform.FindList(account, (string)context.Request.RouteValues["audience"]!) is { Deleted: false } ? call.RespondAsync([])
            : call.RefuseAsync(StatusCodes.Status404NotFound, "no_such_list");
    }

    private async Task MembersAsync(HttpContext context, FaultOperation operation)
    {
        var call = new WebhookCall(context, calls, clock.GetUtcNow()) { Operation = operation == FaultOperation.Add ? "add" : "remove" };
        if (Account(context) is not { } account)
        {
            await call.RefuseAsync(StatusCodes.Status401Unauthorized, "token_refused");
            return;
        }

        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is not (> 0 and <= MaxBodyBytes))
        {
            await call.RefuseAsync(StatusCodes.Status415UnsupportedMediaType, "json_with_length_needed");
            return;
        }

        var raw = new byte[context.Request.ContentLength.Value];
        await context.Request.Body.ReadExactlyAsync(raw, context.RequestAborted);
        using var rows = new RowBatch { Columns = Keys };
        var (count, error) = RestBatch.Read(raw, rows);
        if (error is not null)
        {
            await call.RefuseAsync(StatusCodes.Status422UnprocessableEntity, error);
            return;
        }

        var budget = platform.CallBudgets.Of(account.Id, "calls");
        var use = budget.Take(Limits);
        call.Violation = use.Violation;
        if (use.Refusing is not null)
        {
            await call.ThrottleAsync(call.At);
            return;
        }

        var list = platform.FindList(account, (string)context.Request.RouteValues["audience"]!);
        (call.Audience, call.Rows) = (list?.Audience, count);
        if (list is null or { Deleted: true })
        {
            await call.RefuseAsync(list is null ? StatusCodes.Status404NotFound : StatusCodes.Status410Gone, "no_such_list");
            return;
        }

        await ApplyAsync(call, operation, list, rows, count, budget);
    }

    private async Task ApplyAsync(
        WebhookCall call,
        FaultOperation operation,
        AudienceList list,
        RowBatch rows,
        int count,
        WindowedBudget budget
    )
    {
        var (fault, ended) = await WebhookFaults.InjectAsync(call, faults, clock, operation, list, budget);
        if (ended)
        {
            return;
        }

        var rejected = MemberBatch.ApplyFault(rows, count, fault);
        call.Effect =
            operation == FaultOperation.Add
                ? new CallEffect(list.Add(rows, clock.GetUtcNow()), 0, rejected.Count, 0)
                : new CallEffect(0, list.Remove(rows), rejected.Count, 0);
        await call.CompleteAsync(() => call.RespondAsync(rejected));
    }

    private WebhookAccount? Account(HttpContext context)
    {
        var account = platform.FindAccount((string)context.Request.RouteValues["account"]!);
        return
            account is not null
            && context.Request.Headers.Authorization is [{ } header]
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(header),
                Encoding.UTF8.GetBytes("Bearer " + account.Settings.Token)
            )
            ? account
            : null;
    }
}
