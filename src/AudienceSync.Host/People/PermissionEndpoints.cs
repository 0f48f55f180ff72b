using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Query;
using AudienceSync.Host.Serving;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Host.People;

/// <summary>
/// Consent and suppression by an operator. Identifiers come in bodies only. Each answer is given after the commit; the removals that follow are
/// on their way then, and <c>GET /v1/status</c> shows them pending.
/// </summary>
public sealed class PermissionEndpoints(IReadOnlyDictionary<string, Workspace> workspaces)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.JsonDepth, AllowDuplicateProperties = false };

    public void Map(IEndpointRouteBuilder app, OperatorAccess access)
    {
        var group = app.MapGroup("/v1/people").AddEndpointFilter(access);
        group.MapPost("/consent", (HttpContext context) => SayAsync(context, EventTypes.ConsentChanged));
        group.MapPost("/suppressions", (HttpContext context) => SayAsync(context, EventTypes.Suppressed));
        group.MapPost("/suppressions/lift", (HttpContext context) => SayAsync(context, EventTypes.SuppressionLifted));
        group.MapPost("/suppressions/list", ListAsync);
    }

    private async Task SayAsync(HttpContext context, string type)
    {
        if (Find(context) is not { } workspace)
        {
            await QueryProblem.UnknownWorkspace.ExecuteAsync(context);
            return;
        }

        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var result = body is null ? new KeepResult([], IngestProblem.BodyTooLarge) : await SayAsync(workspace, body, type, Text(context, "default_country"));
        await (result.Problem is { } problem ? Answers.WriteAsync(context, problem) : Answers.WriteAsync(context, result.Receipts[0]));
    }

    private static async Task<KeepResult> SayAsync(Workspace workspace, RequestBody body, string type, string? defaultCountry)
    {
        try
        {
            using var document = JsonDocument.Parse(body.Json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? await workspace.Permissions.SayAsync(document.RootElement, type, defaultCountry ?? "")
                : new KeepResult([], IngestProblem.NotAnEvent);
        }
        catch (JsonException)
        {
            return new KeepResult([], IngestProblem.MalformedJson);
        }
        catch (InvalidOperationException)
        {
            // The JSON reader's word for half a surrogate pair in a text.
            return new KeepResult([], IngestProblem.InvalidText);
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        if (Find(context) is not { } workspace)
        {
            await QueryProblem.UnknownWorkspace.ExecuteAsync(context);
            return;
        }

        if (context.Request.ContentLength is > Limits.ListBytes)
        {
            await QueryProblem.ListTooLarge.ExecuteAsync(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
        {
            // For a body that does not say how long it is.
            most.MaxRequestBodySize = Limits.ListBytes;
        }

        var list = new SuppressionList(context.Request.Body)
        {
            Destination = Text(context, "destination"),
            Reason = Text(context, "reason"),
            Lift = Text(context, "lift") is "true" or "1",
            DefaultCountry = Text(context, "default_country") ?? "",
        };
        try
        {
            var (receipt, problem) = await workspace.Permissions.TakeListAsync(list, context.RequestAborted);
            await (problem is null ? Results.Ok(receipt).ExecuteAsync(context) : Answers.WriteAsync(context, problem));
        }
        catch (FormatException wrong)
        {
            await QueryProblem.InvalidList(wrong.Message).ExecuteAsync(context);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await QueryProblem.ListTooLarge.ExecuteAsync(context);
        }
    }

    private Workspace? Find(HttpContext context) => workspaces.Named(Text(context, "workspace"));

    private static string? Text(HttpContext context, string name) => context.Request.Query[name] is [{ Length: > 0 and <= Limits.ContextChars } text] ? text : null;
}
