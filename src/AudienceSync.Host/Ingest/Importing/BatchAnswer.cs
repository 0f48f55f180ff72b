using System.Text.Json;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>The answer to a batch: counts, and which events were not accepted.</summary>
/// <param name="Counts">The outcomes; duplicates are taken from the header.</param>
/// <param name="Rejected">By index in the batch, with status and code.</param>
internal sealed record BatchAnswer(ImportCounts Counts, IReadOnlyList<(int Index, string Status, string Code)> Rejected)
{
    /// <summary>Null when it is not the answer to this batch.</summary>
    /// <param name="json">The body.</param>
    /// <param name="duplicates">How many of the accepted events were in the log before.</param>
    /// <param name="events">Events in the batch.</param>
    public static BatchAnswer? Read(ReadOnlySpan<byte> json, long duplicates, int events)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return
                Read(ref reader, duplicates) is { } answer
                && answer.Counts is var counts
                && counts.Accepted >= 0
                && counts.Accepted + counts.Duplicates + counts.Quarantined + counts.Refused == events
                && counts.Quarantined + counts.Refused == answer.Rejected.Count
                ? answer
                : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static BatchAnswer Read(ref Utf8JsonReader reader, long duplicates)
    {
        var counts = default(ImportCounts);
        var rejected = new List<(int, string, string)>();
        Next(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("totals"u8))
            {
                counts = Totals(ref reader, duplicates);
                if (counts.Quarantined + counts.Refused == 0)
                {
                    break; // Nothing in the results is of interest, and they are most of the answer.
                }
            }
            else if (reader.ValueTextEquals("results"u8))
            {
                Results(ref reader, rejected);
            }
            else
            {
                reader.Skip();
            }
        }

        return new BatchAnswer(counts, rejected);
    }

    private static ImportCounts Totals(ref Utf8JsonReader reader, long duplicates)
    {
        var counts = default(ImportCounts);
        Next(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            _ = reader.Read();
            counts = name switch
            {
                "accepted" => counts with { Accepted = reader.GetInt64() - duplicates, Duplicates = duplicates },
                "quarantined" => counts with { Quarantined = reader.GetInt64() },
                "refused" => counts with { Refused = reader.GetInt64() },
                "with_warnings" => counts with { WithWarnings = reader.GetInt64() },
                _ => counts,
            };
        }

        return counts;
    }

    private static void Results(ref Utf8JsonReader reader, List<(int Index, string Status, string Code)> rejected)
    {
        Next(ref reader, JsonTokenType.StartArray);
        for (var index = 0; reader.Read() && reader.TokenType == JsonTokenType.StartObject; index++)
        {
            var (status, code) = ("", "");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isStatus, isCode) = (reader.ValueTextEquals("status"u8), reader.ValueTextEquals("code"u8));
                _ = reader.Read();
                if (isStatus || isCode)
                {
                    (status, code) = isStatus ? (reader.GetString()!, code) : (status, reader.GetString()!);
                }
                else
                {
                    reader.Skip();
                }
            }

            if (status != Receipt.Accepted)
            {
                rejected.Add((index, status, code));
            }
        }
    }

    private static void Next(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (!reader.Read() || reader.TokenType != expected)
        {
            throw new JsonException();
        }
    }
}
