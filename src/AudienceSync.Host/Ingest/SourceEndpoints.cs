using System.Text;
using AudienceSync.Domain;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Ingest;

/// <summary>The senders of a workspace, and how what they send is read.</summary>
public sealed class SourceEndpoints(TimeProvider clock)
{
    /// <param name="Name">Its name.</param>
    /// <param name="Signature">required, if_present or off.</param>
    /// <param name="SigningKeys">How many keys are valid now.</param>
    /// <param name="DefaultCountry">By which national phone numbers are read.</param>
    /// <param name="Hashed">The identifiers that it sends as digests.</param>
    public sealed record ListedSource(string Name, string Signature, int SigningKeys, string DefaultCountry, IReadOnlyList<string> Hashed);

    /// <param name="Events">Events of the body.</param>
    /// <param name="Accepted">That would be accepted.</param>
    /// <param name="Quarantined">That would be kept and not applied.</param>
    /// <param name="Refused">That would be refused.</param>
    /// <param name="WithWarnings">Of which a field would be left out.</param>
    public sealed record TestTotals(int Events, int Accepted, int Quarantined, int Refused, int WithWarnings);

    /// <param name="Source">The source.</param>
    /// <param name="Code">Why the whole body would be refused; null when it would not.</param>
    /// <param name="Detail">The same as text.</param>
    /// <param name="Sample">The body that was read because none was sent; null when one was.</param>
    /// <param name="Totals">Counts.</param>
    /// <param name="Results">One for each event, in order.</param>
    public sealed record TestAnswer(
        string Source,
        string? Code,
        string? Detail,
        string? Sample,
        TestTotals Totals,
        IReadOnlyList<TestedEvent> Results
    );

    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/sources", List);
        group.MapPost("/sources/{name}/test", TestAsync).Takes(BodyContract.Sample);
    }

    private static IResult List(RequestWorkspace workspace) =>
        Results.Ok(
            new
            {
                sources = workspace
                    .Get<Inboxes>()
                    .BySource.Values.Select(inbox => Listed(inbox.Source))
                    .OrderBy(source => source.Name, StringComparer.Ordinal),
            }
        );

    private static ListedSource Listed(Source source) =>
        new(
            source.Name,
            source.Signature switch
            {
                SignatureMode.Required => "required",
                SignatureMode.IfPresent => "if_present",
                _ => "off",
            },
            source.SigningKeys.Count,
            source.DefaultCountry,
            [
                .. Enum.GetValues<Domain.Identity.HashedFields>()
                    .Where(field => field != Domain.Identity.HashedFields.None && source.Hashed.HasFlag(field))
                    .Select(field => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString())),
            ]
        );

    // Lines are read as a batch; anything else as a webhook, with the ids of the request's headers.
    private async Task<IResult> TestAsync(string name, HttpContext context, RequestWorkspace workspace)
    {
        if (!workspace.Get<Inboxes>().BySource.TryGetValue(name, out var inbox))
        {
            return QueryProblem.UnknownSource;
        }

        using var sent = await RequestBody.ReadAsync(context.Request, Limits.BatchBytes, context.RequestAborted);
        if (sent is null)
        {
            return QueryProblem.BodyTooLarge;
        }

        var test = new SourceTest(
            inbox.Source,
            workspace.Get<EventReader>(),
            workspace.Get<AliasDigester>(),
            workspace.Get<AudienceKeys>()
        );
        var now = clock.GetUtcNow();
        var sample = sent.Length == 0 ? test.Sample(now) : null;
        using var body = sample is null ? sent.Retain() : RequestBody.Of(sample);
        var (events, problem) = sample is null
            ? Run(test, body, context.Request.Headers, now)
            : test.Run(body, BodyFormat.Webhook, SenderKey.Of(context.Request.Headers), now);
        return Results.Ok(
            new TestAnswer(
                name,
                problem?.Code,
                problem?.Detail,
                sample is null ? null : Encoding.UTF8.GetString(sample),
                Count(events),
                events
            )
        );
    }

    private static (IReadOnlyList<TestedEvent> Events, IngestProblem? Problem) Run(
        SourceTest test,
        RequestBody body,
        IHeaderDictionary headers,
        DateTimeOffset now
    )
    {
        _ = MediaType.BatchRefusal(headers.ContentType, headers.ContentEncoding, out var isLines);
        if (isLines)
        {
            return test.Run(body, BodyFormat.Lines, default, now);
        }

        var refusal = MediaType.Refusal(headers.ContentType, headers.ContentEncoding, out var isForm) ?? BodyJson.Find(body, isForm);
        return refusal is null ? test.Run(body, BodyFormat.Webhook, SenderKey.Of(headers), now) : ([], refusal);
    }

    private static TestTotals Count(IReadOnlyList<TestedEvent> events) =>
        new(
            events.Count,
            events.Count(one => one.Status == Receipt.Accepted),
            events.Count(one => one.Status == Receipt.Quarantined),
            events.Count(one => one.Status == Receipt.Refused),
            events.Count(one => one.Warnings.Count > 0)
        );
}
