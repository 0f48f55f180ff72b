using System.Runtime.InteropServices;
using System.Text.Json;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>Reads the events of a body of one source, in order.</summary>
internal sealed class BodyReader(Source source, EventReader reader)
{
    /// <param name="parsed">The JSON of the body, which has no problem as a whole.</param>
    /// <param name="body">The body as it was received: an event that is kept is kept in these bytes.</param>
    /// <param name="senderKey">The ids in the headers; those of a batch identify none of its events.</param>
    /// <param name="receivedAt">The time of receipt.</param>
    public ParsedEvent[] Read(in ParsedBody parsed, RequestBody body, SenderKey senderKey, DateTimeOffset receivedAt)
    {
        if (parsed.Items is { } items)
        {
            return ReadItems(items, parsed.IsBatch, senderKey, receivedAt);
        }

        if (parsed.IsSingle)
        {
            var only = Read(parsed.Root, null, senderKey, receivedAt) with { Text = body.Memory };
            return [parsed.Defect is { } defect ? Salvage(only, defect, parsed.Root) : only];
        }

        var events = new ParsedEvent[parsed.Root.GetArrayLength()];
        var index = 0;
        foreach (var item in parsed.Root.EnumerateArray())
        {
            events[index] = Read(item, index, senderKey, receivedAt) with { Text = PartOf(body.Memory, item) };
            index++;
        }

        return events;
    }

    private ParsedEvent[] ReadItems(IReadOnlyList<BodyItem> items, bool isBatch, SenderKey senderKey, DateTimeOffset receivedAt)
    {
        var events = new ParsedEvent[items.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var item = items[i];
            var parsed = item.Document is { } document
                ? Read(document.RootElement, isBatch ? null : i, isBatch ? default : senderKey, receivedAt)
                : ParsedEvent.Refuse(item.Problem!);
            events[i] = (item.Defect is { } defect ? Salvage(parsed, defect, item.Document!.RootElement) : parsed) with
            {
                Text = item.Text,
            };
        }

        return events;
    }

    private ParsedEvent Read(JsonElement item, int? index, SenderKey senderKey, DateTimeOffset receivedAt)
    {
        try
        {
            return reader.Read(item, index, senderKey, source, receivedAt);
        }
        catch (InvalidOperationException)
        {
            // The JSON reader reports half of a surrogate pair outside of any field value: in the name of a property.
            return ParsedEvent.Refuse(IngestProblem.InvalidText);
        }
    }

    // Of an event with fields that cannot be read, a removal is applied, with a warning, and anything else is refused. A report is held as
    // ever, because a refusal would stop the whole stream of its sender.
    private static ParsedEvent Salvage(ParsedEvent parsed, BodyDefect defect, JsonElement item) =>
        parsed switch
        {
            { Quarantine: { } reason } when reason == QuarantineReason.ReportingWebhook => parsed,
            { IsHeldRemoval: true } when !defect.IsAmbiguous(item) => parsed,
            { Event: { IsRemoval: true } removal } when !defect.IsAmbiguous(item) => parsed with
            {
                Event = removal.WithWarning(new EventWarning(defect.Problem.Code, WarningList.UnknownField)),
            },
            _ => ParsedEvent.Refuse(defect.Problem) with { Text = parsed.Text, HeldNames = parsed.Named },
        };

    // An event of an array is kept alone: keeping the whole array for each of its events would be five hundred times what was sent.
    private static ReadOnlyMemory<byte> PartOf(ReadOnlyMemory<byte> body, JsonElement item)
    {
        var part = JsonMarshal.GetRawUtf8Value(item);
        return body.Span.Overlaps(part, out var start) ? body.Slice(start, part.Length) : part.ToArray();
    }
}
