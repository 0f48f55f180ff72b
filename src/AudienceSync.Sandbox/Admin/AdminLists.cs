using System.Text.Json;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Admin;

/// <summary>The contents of the platforms' lists, which the real platforms do not expose.</summary>
internal static class AdminLists
{
    private const int FlushAtBytes = 64 * 1024;

    public static Task AllAsync(HttpContext context, ListRegistry lists) =>
        AdminResponse.WriteAsync(context, StatusCodes.Status200OK, lists.All.Select(list => list.Summarize()));

    /// <summary>Streams every digest in hex, sorted, so that two lists can be compared line by line.</summary>
    public static async Task OneAsync(HttpContext context, ListRegistry lists)
    {
        if (await FindAsync(context, lists) is not { } list)
        {
            return;
        }

        var (people, keys) = list.Snapshot();
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteNumber("people", people);
        json.WriteStartObject("digests");
        foreach (var (key, digests) in keys)
        {
            Array.Sort(digests);
            json.WriteStartArray(key);
            await WriteAsync(json, digests, context);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static async Task WriteAsync(Utf8JsonWriter json, Digest[] digests, HttpContext context)
    {
        var hex = new byte[Digest.HexLength];
        foreach (var digest in digests)
        {
            digest.WriteHex(hex);
            json.WriteStringValue(hex);
            if (json.BytesPending >= FlushAtBytes)
            {
                await json.FlushAsync(context.RequestAborted);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }
    }

    /// <summary>Simulates a person who deletes the list in the platform's own UI.</summary>
    public static async Task DeleteAsync(HttpContext context, ListRegistry lists)
    {
        if (await FindAsync(context, lists) is { } list)
        {
            list.Delete();
            await AdminApi.NoContentAsync(context);
        }
    }

    /// <summary>Simulates a manual edit in the platform's own UI: digests are added or removed without a call of the engine.</summary>
    public static async Task EditAsync(HttpContext context, ListRegistry lists, bool adding, TimeProvider clock)
    {
        if (
            await FindAsync(context, lists) is not { } list
            || await AdminResponse.ReadAsync<Dictionary<string, string?[]?>>(context) is not { } edit
        )
        {
            return;
        }

        var (_, keys) = list.Snapshot();
        var held = keys.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        using var batch = new RowBatch { Columns = [.. edit.Keys] };
        var row = 0;
        foreach (var (column, (key, digests)) in edit.Index())
        {
            if (!list.IsKey(key) && !held.Contains(key))
            {
                await AdminResponse.ProblemAsync(
                    context,
                    StatusCodes.Status400BadRequest,
                    "unknown_key",
                    "A key is not one of the platform's."
                );
                return;
            }

            if (!Collect(batch, digests, (byte)column, ref row))
            {
                await AdminResponse.ProblemAsync(
                    context,
                    StatusCodes.Status400BadRequest,
                    "invalid_digest",
                    $"{key}: a digest is 64 lower-case hex digits."
                );
                return;
            }
        }

        await (
            adding
                ? AdminResponse.WriteAsync(context, StatusCodes.Status200OK, new { added = list.Add(batch, clock.GetUtcNow()) })
                : AdminResponse.WriteAsync(context, StatusCodes.Status200OK, new { removed = list.Remove(batch) })
        );
    }

    // Each digest counts as one person: the request does not state which digests belong together.
    private static bool Collect(RowBatch batch, string?[]? digests, byte column, ref int row)
    {
        foreach (var text in digests ?? [null])
        {
            if (!Digest.TryParse(System.Text.Encoding.UTF8.GetBytes(text ?? ""), out var digest))
            {
                return false;
            }

            batch.Add(digest, row++, column);
        }

        return true;
    }

    private static async Task<AudienceList?> FindAsync(HttpContext context, ListRegistry lists)
    {
        var found = lists.Find((string)context.Request.RouteValues["audience"]!);
        if (found is null)
        {
            await AdminResponse.ProblemAsync(context, StatusCodes.Status404NotFound, "unknown_audience", "No account has this audience.");
        }

        return found;
    }
}
