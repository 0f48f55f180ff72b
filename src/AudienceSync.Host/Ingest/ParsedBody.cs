using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// The JSON of a body, parsed once; its events may be read from it more than once. It is one document, unless it is a batch or an array
/// that cannot be parsed as a whole: then each item is parsed separately, and one that cannot be parsed affects only itself.
/// </summary>
internal readonly record struct ParsedBody : IDisposable
{
    private readonly BodyItem _whole;
    private readonly bool _isBatch;

    private ParsedBody(in BodyItem whole, IReadOnlyList<BodyItem>? items, bool isBatch, IngestProblem? problem)
    {
        (_whole, Items, _isBatch, Problem) = (whole, items, isBatch, problem);
    }

    /// <summary>Why the whole body is refused; null when its events can be read.</summary>
    public IngestProblem? Problem { get; }

    /// <summary>The items that were parsed separately; null for one document.</summary>
    public IReadOnlyList<BodyItem>? Items { get; }

    /// <summary>The one document.</summary>
    public JsonElement Root => _whole.Document!.RootElement;

    /// <summary>See <see cref="BodyItem.Defect"/>.</summary>
    public BodyDefect? Defect => _whole.Defect;

    /// <summary>Whether it is one event.</summary>
    public bool IsSingle => Items is null && Root.ValueKind == JsonValueKind.Object;

    /// <summary>Whether its events are read as if each had been sent alone, without the headers of the request.</summary>
    public bool IsBatch => _isBatch;

    public static ParsedBody Parse(RequestBody body, BodyFormat format) =>
        format == BodyFormat.Webhook ? ParseWebhook(body.Json, body.Defect) : ParseBatch(body.Json, format == BodyFormat.Lines);

    /// <summary>
    /// Whether every event has its id in the body, where a signature covers it. Events of an array that was parsed item by item count as
    /// having none.
    /// </summary>
    public bool HasSignedIds()
    {
        if (Items is null)
        {
            return SignedIds.AreAllIn(Root);
        }

        // An event that cannot be parsed has no effect, so there is nothing to remember for it.
        return _isBatch && Items.All(item => item.Document is not { } document || SignedIds.AreAllIn(document.RootElement));
    }

    public void Dispose()
    {
        _whole.Document?.Dispose();
        for (var i = 0; i < Items?.Count; i++)
        {
            Items[i].Document?.Dispose();
        }
    }

    private static ParsedBody ParseWebhook(ReadOnlyMemory<byte> json, BodyDefect? ofForm)
    {
        var whole = BodyItem.Parse(json);
        whole = ofForm is null ? whole : whole with { Defect = ofForm };
        if (whole.Document is { } document && (whole.Defect is null || document.RootElement.ValueKind != JsonValueKind.Array))
        {
            return new ParsedBody(whole, items: null, isBatch: false, ProblemOf(document.RootElement));
        }

        whole.Document?.Dispose();

        // A body that cannot be parsed as a whole is refused as a whole, unless it is an array: then only the events that cannot be parsed
        // are refused.
        return BodyItem.Split(json) is { Count: > 0 } items
            ? new ParsedBody(default, items, isBatch: false, items.Count > Limits.EventsPerRequest ? IngestProblem.TooManyEvents : null)
            : new ParsedBody(default, [], isBatch: false, whole.Problem ?? whole.Defect?.Problem);
    }

    private static ParsedBody ParseBatch(ReadOnlyMemory<byte> json, bool isLines)
    {
        var items = BodyItem.OfBatch(json, isLines);
        return new ParsedBody(
            default,
            items ?? [],
            isBatch: true,
            items switch
            {
                null => IngestProblem.MalformedJson,
                [] => IngestProblem.NoEvents,
                { Count: > Limits.EventsPerRequest } => IngestProblem.TooManyEvents,
                _ => null,
            }
        );
    }

    private static IngestProblem? ProblemOf(JsonElement root) =>
        root.ValueKind switch
        {
            JsonValueKind.Object => null,
            JsonValueKind.Array when root.GetArrayLength() == 0 => IngestProblem.NoEvents,
            JsonValueKind.Array when root.GetArrayLength() > Limits.EventsPerRequest => IngestProblem.TooManyEvents,
            JsonValueKind.Array => null,
            _ => IngestProblem.NotAnEvent,
        };
}
