using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.People;

/// <summary>
/// Consent and suppression by an operator. Identifiers come in bodies only. Each response is sent after the commit; the removals that
/// follow are under way by then, and <c>GET /v1/status</c> shows them as pending.
/// </summary>
public sealed class PermissionEndpoints
{
    public void Map(RouteGroupBuilder group)
    {
        group
            .MapPost(
                "/people/consent",
                (HttpContext context, RequestWorkspace workspace) => WriteAsync(context, workspace, EventTypes.ConsentChanged)
            )
            .Takes(BodyContract.Event, QueryParameter.DefaultCountry);
        group
            .MapPost(
                "/people/suppressions",
                (HttpContext context, RequestWorkspace workspace) => WriteAsync(context, workspace, EventTypes.Suppressed)
            )
            .Takes(BodyContract.Event, QueryParameter.DefaultCountry);
        group
            .MapPost(
                "/people/suppressions/lift",
                (HttpContext context, RequestWorkspace workspace) => WriteAsync(context, workspace, EventTypes.SuppressionLifted)
            )
            .Takes(BodyContract.Event, QueryParameter.DefaultCountry);
        group
            .MapPost("/people/suppressions/list", ListAsync)
            .Takes(
                BodyContract.List,
                QueryParameter.Destination,
                QueryParameter.Reason,
                QueryParameter.Lift,
                QueryParameter.DefaultCountry,
                QueryParameter.Delimiter
            );
    }

    private static async Task WriteAsync(HttpContext context, RequestWorkspace workspace, string type)
    {
        using var body = await RequestBody.ReadAsync(context.Request, Limits.BodyBytes, context.RequestAborted);
        var result = body is null
            ? new KeepResult([], IngestProblem.BodyTooLarge)
            : await WriteAsync(workspace, body, type, Text(context, "default_country"));
        await (result.Problem is { } problem ? Answers.WriteAsync(context, problem) : Answers.WriteAsync(context, result.Receipts[0]));
    }

    private static async Task<KeepResult> WriteAsync(RequestWorkspace workspace, RequestBody body, string type, string? defaultCountry)
    {
        // Read like a webhook, to the last byte; but an operator is there to correct what is not text.
        var read = BodyItem.Parse(body.Json);
        using var document = read.Document;
        if ((read.Problem ?? read.Defect?.Problem) is { } problem)
        {
            return new KeepResult([], problem);
        }

        try
        {
            return document!.RootElement.ValueKind == JsonValueKind.Object
                ? await workspace.Get<PermissionWriter>().WriteAsync(document.RootElement, type, defaultCountry ?? "")
                : new KeepResult([], IngestProblem.NotAnEvent);
        }
        catch (InvalidOperationException)
        {
            // What the JSON reader throws for half a surrogate pair in a text.
            return new KeepResult([], IngestProblem.InvalidText);
        }
    }

    private static async Task ListAsync(HttpContext context, RequestWorkspace workspace)
    {
        var list = new SuppressionList(context.Request.Body)
        {
            Destination = Text(context, "destination"),
            Reason = Text(context, "reason"),
            Lift = Text(context, "lift") == "true",
            Delimiter =
                Text(context, "delimiter") is { } name && ListDelimiter.TryRead(name, out var delimiter)
                    ? delimiter
                    : ListDelimiter.Default,
            DefaultCountry = Text(context, "default_country") ?? "",
        };
        try
        {
            var (receipt, problem) = await workspace.Get<PermissionWriter>().TakeListAsync(list, context.RequestAborted);
            await (problem is null ? Results.Ok(receipt).ExecuteAsync(context) : Answers.WriteAsync(context, problem));
        }
        catch (FormatException error)
        {
            await QueryProblem.InvalidList(error.Message).ExecuteAsync(context);
        }
    }

    // Checked strictly before this point: present once or not at all.
    private static string? Text(HttpContext context, string name) => context.Request.Query[name] is [{ } text] ? text : null;
}
