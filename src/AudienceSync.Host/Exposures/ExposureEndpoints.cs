using System.Globalization;
using System.IO.Compression;
using AudienceSync.Domain;
using AudienceSync.Host.Exposures.Export;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Exposures;

/// <summary>The exposure log over HTTP, as lines of JSON.</summary>
public sealed class ExposureEndpoints
{
    public void Map(RouteGroupBuilder group) => group.MapGet("/exposures", ReadAsync).Takes(QueryParameter.Since);

    // A reader who goes on asks again behind the last position that they got; an empty answer is the end.
    private static async Task ReadAsync(HttpContext context, RequestWorkspace workspace, string? since)
    {
        if (!workspace.Get<ExposurePlan>().IsOn)
        {
            await QueryProblem.ExposuresOff.ExecuteAsync(context);
            return;
        }

        var after = since is null ? 0 : long.Parse(since, NumberStyles.None, CultureInfo.InvariantCulture);
        var tables = workspace.Get<ExposureTableQueries>();
        var aborted = context.RequestAborted;
        var upTo = Math.Min(
            await tables.EndAsync(aborted),
            after > long.MaxValue - Limits.ExposureRows ? after : after + Limits.ExposureRows
        );
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (!TakesGzip(context.Request))
        {
            await WriteAsync(tables, after, upTo, context.Response.Body, aborted);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        await using var zipped = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await WriteAsync(tables, after, upTo, zipped, aborted);
    }

    private static async Task WriteAsync(
        ExposureTableQueries tables,
        long after,
        long upTo,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        var table = new NdjsonTable(ExposureColumns.Events, output);
        await foreach (var row in tables.EventsAsync(after, upTo, cancellationToken))
        {
            await table.WriteAsync(row, cancellationToken);
        }

        await table.FlushAsync(cancellationToken);
    }

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "gzip" && coding.Quality is not 0);
}
