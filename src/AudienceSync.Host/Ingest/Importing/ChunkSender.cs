using System.Globalization;
using System.Net;
using System.Text.Json;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>The outcome of a chunk.</summary>
/// <param name="Counts">Of all its records.</param>
/// <param name="Rejected">In the order of the file.</param>
internal sealed record ChunkResult(ImportCounts Counts, IReadOnlyList<RejectedRecord> Rejected);

/// <summary>
/// Sends the events of a chunk until they are answered. A batch without an answer, or one that the receiver could not take now, is sent
/// again: what was stored is found again as duplicates.
/// </summary>
internal sealed class ChunkSender(HttpClient http, ImportTarget target, RetryWindow retries, TimeProvider clock)
{
    /// <exception cref="ImportException">import_stopped, import_not_taken</exception>
    /// <exception cref="SetupException">host_unreachable, or the code of a refused token or signature.</exception>
    public async Task<ChunkResult> SendAsync(ImportChunk chunk, CancellationToken cancellationToken)
    {
        var rejected = new List<RejectedRecord>(chunk.Refused);
        var counts = new ImportCounts(0, 0, 0, chunk.Refused.Count, 0);
        if (chunk.Events > 0)
        {
            counts += await SendAsync(chunk, 0, chunk.Events, rejected, cancellationToken);
        }

        rejected.Sort(static (one, other) => one.Line.CompareTo(other.Line));
        return new ChunkResult(counts, rejected);
    }

    private async Task<ImportCounts> SendAsync(
        ImportChunk chunk,
        int first,
        int count,
        List<RejectedRecord> rejected,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await TryAsync(chunk, first, count, cancellationToken);
            if (reply.Answer is { } answer)
            {
                retries.Answered();
                rejected.AddRange(answer.Rejected.Select(one => chunk.Rejected(first + one.Index, one.Status, one.Code)));
                return answer.Counts;
            }

            if (reply.Status == HttpStatusCode.RequestEntityTooLarge)
            {
                return await SplitAsync(chunk, first, count, rejected, cancellationToken);
            }

            ThrowIfFinal(reply);
            if (retries.Next(attempt, reply.RetryAfter) is not { } wait)
            {
                throw new ImportException(
                    "import_stopped",
                    $"The Host did not take a batch for too long ({reply.Code}). The same command continues where this one stopped."
                );
            }

            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    // Something between us and the Host takes less than the Host does.
    private async Task<ImportCounts> SplitAsync(
        ImportChunk chunk,
        int first,
        int count,
        List<RejectedRecord> rejected,
        CancellationToken cancellationToken
    )
    {
        if (count == 1)
        {
            rejected.Add(chunk.Rejected(first, Receipt.Refused, IngestProblem.BatchTooLarge.Code));
            return new ImportCounts(0, 0, 0, 1, 0);
        }

        var half = count / 2;
        var before = await SendAsync(chunk, first, half, rejected, cancellationToken);
        return before + await SendAsync(chunk, first + half, count - half, rejected, cancellationToken);
    }

    private async Task<Reply> TryAsync(ImportChunk chunk, int first, int count, CancellationToken cancellationToken)
    {
        using var request = target.Request(chunk.Lines(first, count), clock.GetUtcNow());
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var isTaken = response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted;
            return new Reply(
                response.StatusCode,
                isTaken ? BatchAnswer.Read(body, Duplicates(response), count) : null,
                isTaken ? "answer_unknown" : CodeOf(body) ?? ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)
            )
            {
                RetryAfter = RetryAfter(response),
            };
        }
        catch (HttpRequestException failure)
        {
            chunk.MayBeRead = true;
            return retries.HasAnswer || failure.HttpRequestError != HttpRequestError.ConnectionError
                ? new Reply(null, null, "network")
                : throw new SetupException(
                    "host_unreachable",
                    $"No Host responds at {http.BaseAddress}. Start serve, or set AUDIENCESYNC_URLS to its address."
                );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            chunk.MayBeRead = true;
            return new Reply(null, null, "timeout");
        }
    }

    private void ThrowIfFinal(Reply reply)
    {
        switch (reply.Status)
        {
            case null
            or HttpStatusCode.OK
            or HttpStatusCode.Accepted
            or HttpStatusCode.RequestTimeout
            or (HttpStatusCode)425
            or HttpStatusCode.TooManyRequests
            or >= HttpStatusCode.InternalServerError:
                return;
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                throw new SetupException(reply.Code, "The Host refuses the token or the signature of this source. Nothing more was sent.");
            default:
                throw new ImportException(
                    "import_not_taken",
                    $"{http.BaseAddress} refuses batches ({reply.Code}). Check the address; the same command continues."
                );
        }
    }

    private static long Duplicates(HttpResponseMessage response) =>
        response.Headers.TryGetValues(BatchEndpoint.DuplicatesHeader, out var values)
        && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var duplicates)
            ? duplicates
            : 0;

    // A receiver that asks for no wait gets the usual one.
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - clock.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }

    // Only what has the form of a code: anything else might repeat what was sent.
    private static string? CodeOf(byte[] body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return
                problem.RootElement.ValueKind == JsonValueKind.Object
                && problem.RootElement.TryGetProperty("code"u8, out var code)
                && code.ValueKind == JsonValueKind.String
                && code.GetString() is { Length: > 0 and <= 100 } text
                && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_')
                ? text
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private readonly record struct Reply(HttpStatusCode? Status, BatchAnswer? Answer, string Code)
    {
        public TimeSpan? RetryAfter { get; init; }
    }
}
