using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>
/// The endpoint of the simulated receiver for docs/webhook.md; <see cref="RestApi"/> has another format. The order of checks: method, size,
/// signature, format, budget, list, scripted fault, rows. A refused request applies nothing.
/// </summary>
internal sealed class WebhookApi(WebhookPlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
{
    private const string Path = "/webhook";
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    private static readonly WindowLimit[] Limits = [new("minute", TimeSpan.FromMinutes(1), 600)];

    public static readonly FaultScope Scope = new(
        new Dictionary<FaultOperation, FaultKind[]> { [FaultOperation.Add] = Members, [FaultOperation.Remove] = Members }
    );

    private static FaultKind[] Members => [.. FaultScope.MemberCalls, FaultKind.InvalidRows];

    public static IPlatform Open(WebApplication app, PlatformParts parts)
    {
        var platform = new WebhookPlatform(parts.Lists, parts.Clock);
        var api = new WebhookApi(platform, parts.Faults, parts.Calls, parts.Clock);
        app.Map(Path, api.HandleAsync);
        new RestApi(platform, parts.Faults, parts.Calls, parts.Clock).Map(app);
        return platform;
    }

    private async Task HandleAsync(HttpContext context)
    {
        var call = new WebhookCall(context, calls, clock.GetUtcNow()) { Operation = "unknown" };
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await call.RefuseAsync(StatusCodes.Status405MethodNotAllowed, "method_not_allowed");
            return;
        }

        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null)
        {
            await call.RefuseAsync(StatusCodes.Status415UnsupportedMediaType, "json_with_length_needed");
            return;
        }

        if (context.Request.ContentLength > MaxBodyBytes)
        {
            await call.RefuseAsync(StatusCodes.Status413PayloadTooLarge, "too_large");
            return;
        }

        var raw = new byte[context.Request.ContentLength.Value];
        await context.Request.Body.ReadExactlyAsync(raw, context.RequestAborted);
        using var batch = MemberBatch.Read(raw);
        await RespondAsync(call, batch, raw);
    }

    private async Task RespondAsync(WebhookCall call, MemberBatch batch, byte[] raw)
    {
        call.Operation = batch.Operation ?? "unknown";
        var account = platform.FindAccount(batch.Account ?? "");
        if (account is null || !SignatureCheck.IsValid(account.Settings.Token, call.Context.Request.Headers, raw, clock.GetUtcNow()))
        {
            // A caller without a valid signature must not learn which accounts exist.
            await call.RefuseAsync(StatusCodes.Status401Unauthorized, "signature_refused");
            return;
        }

        if (batch.Error is { } error)
        {
            await call.RefuseAsync(
                error == MemberBatch.TooMany ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity,
                error
            );
            return;
        }

        var budget = platform.CallBudgets.Of(account.Id, "calls").Take(Limits);
        call.Violation = budget.Violation;
        if (budget.Refusing is not null)
        {
            await call.ThrottleAsync(call.At);
            return;
        }

        await RespondAsync(call, batch, account);
    }

    private async Task RespondAsync(WebhookCall call, MemberBatch batch, WebhookAccount account)
    {
        var list = batch.Audience is { } id ? platform.FindList(account, id) : null;
        if (list is null or { Deleted: true } && batch.Audience is not null)
        {
            call.Audience = list?.Audience;
            await call.RefuseAsync(list is null ? StatusCodes.Status404NotFound : StatusCodes.Status410Gone, "no_such_list");
            return;
        }

        (call.Audience, call.Rows) = (list?.Audience, batch.Count);
        if (list is null || batch.Kind is not { } operation)
        {
            await call.RespondAsync([]);
            return;
        }

        var (fault, ended) = await WebhookFaults.InjectAsync(
            call,
            faults,
            clock,
            operation,
            list,
            platform.CallBudgets.Of(account.Id, "calls")
        );
        if (ended)
        {
            return;
        }

        var rejected = batch.ApplyFault(fault);
        call.Effect =
            operation == FaultOperation.Add
                ? new CallEffect(list.Add(batch.Rows, clock.GetUtcNow()), 0, rejected.Count, batch.EmptyHashes)
                : new CallEffect(0, list.Remove(batch.Rows), rejected.Count, batch.EmptyHashes);
        await call.CompleteAsync(() => call.RespondAsync(rejected));
    }
}
