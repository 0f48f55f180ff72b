using System.IO.Compression;
using System.Text.Json;

namespace AudienceSync.Shop.Exposures;

/// <summary>A row of the exported spells, reduced to the columns that are evaluated.</summary>
internal sealed record SpellRow(
    string PersonKey,
    string AudienceKey,
    string? Destination,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset? RemovedAcknowledgedAt
);

/// <summary>A row of the exported links: from a token to a keyed digest of the customer id.</summary>
internal sealed record LinkRow(string PersonKey, string? CustomerHmac);

/// <summary>A row of the log, reduced to the columns that are evaluated.</summary>
internal sealed record ExposureRow(long Position, string Kind);

/// <summary>Reads what an analyst reads: lines of JSON.</summary>
internal static class ExposureFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>A table that each export replaces.</summary>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(string folder, string table, CancellationToken cancel)
    {
        await using var file = File.OpenRead(Path.Combine(folder, table, "schema=1", "workspace=default", table + ".ndjson.gz"));
        await using var lines = new GZipStream(file, CompressionMode.Decompress);
        return await ReadAsync<T>(lines, cancel);
    }

    /// <exception cref="JsonException">A line is not of the schema.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(Stream lines, CancellationToken cancel)
    {
        var rows = new List<T>();
        using var reader = new StreamReader(lines);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            rows.Add(JsonSerializer.Deserialize<T>(line, Json) ?? throw new JsonException("a line is null"));
        }

        return rows;
    }
}
