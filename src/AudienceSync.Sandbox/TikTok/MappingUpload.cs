using System.Text.Json;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>The members of one <c>segment/mapping/</c> call, parsed and validated but not applied: one batch per audience.</summary>
internal sealed class MappingUpload(IReadOnlyList<IdType> schema, Func<string, TikTokAudience?> audienceOf) : IDisposable
{
    private readonly Dictionary<string, RowBatch> batches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TikTokAudience> audiences = new(StringComparer.Ordinal);
    private readonly string[] columns = [.. schema.Select(type => type.Name)];

    public IEnumerable<(TikTokAudience Audience, RowBatch Rows)> Batches => batches.Select(batch => (audiences[batch.Key], batch.Value));

    public int Rows { get; private set; }

    public int EmptyHashes { get; private set; }

    public TikTokError? Read(JsonElement data, int maxRows)
    {
        if (data.ValueKind != JsonValueKind.Array || data.GetArrayLength() == 0)
        {
            return TikTokError.Parameter("batch_data: must be a non-empty array of arrays.");
        }

        Rows = data.GetArrayLength();
        if (Rows > maxRows)
        {
            return new TikTokError(40011, $"batch_data: too many IDs in one request, at most {maxRows} rows.");
        }

        var index = 0;
        foreach (var row in data.EnumerateArray())
        {
            if (ReadRow(row, index) is { } error)
            {
                return TikTokError.Parameter($"batch_data[{index}]: {error}");
            }

            index++;
        }

        // An id that never existed is a parameter error; a deleted one has its own code (contract 10 and 12).
        return audiences.Values.FirstOrDefault(audience => audience.List.Deleted) is { } deleted ? TikTokError.Missing(deleted.Id) : null;
    }

    public void Dispose()
    {
        foreach (var batch in batches.Values)
        {
            batch.Dispose();
        }
    }

    private string? ReadRow(JsonElement row, int index)
    {
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != schema.Count)
        {
            return "must be an array as long as id_schema; a missing id is {}.";
        }

        var (column, filled) = (0, false);
        foreach (var cell in row.EnumerateArray())
        {
            if (cell.ValueKind != JsonValueKind.Object)
            {
                return "an id must be an object.";
            }

            var empty = !cell.EnumerateObject().Any();
            if (!empty && ReadCell(cell, index, column) is { } error)
            {
                return error;
            }

            filled |= !empty;
            column++;
        }

        return filled ? null : "has no id.";
    }

    private string? ReadCell(JsonElement cell, int index, int column)
    {
        if (cell.EnumerateObject().Any(field => field.Name is not ("id" or "audience_ids")))
        {
            return "unknown field.";
        }

        if (
            !cell.TryGetProperty("id", out var id)
            || id.ValueKind != JsonValueKind.String
            || !schema[column].TryRead(id.GetString()!, out var digest)
        )
        {
            return $"id is not {schema[column].HexLength} hex digits for {schema[column].Name}.";
        }

        if (!cell.TryGetProperty("audience_ids", out var ids) || SegmentBody.Texts(ids) is not { } named)
        {
            return "audience_ids must be a non-empty array of strings.";
        }

        return Put(digest, named.Distinct(StringComparer.Ordinal), index, column);
    }

    private string? Put(Digest digest, IEnumerable<string> named, int index, int column)
    {
        // It matches no person; it is counted so that a client that sends it is detected.
        var nothing = digest == Digest.OfEmptyString;
        EmptyHashes += nothing ? 1 : 0;
        foreach (var id in named)
        {
            if (!batches.TryGetValue(id, out var batch))
            {
                if (audienceOf(id) is not { } audience)
                {
                    return "an audience does not exist or belongs to none of advertiser_ids.";
                }

                audiences[id] = audience;
                batches[id] = batch = new RowBatch { Columns = columns };
            }

            if (!nothing)
            {
                batch.Add(digest, index, (byte)column);
            }
        }

        return null;
    }
}
