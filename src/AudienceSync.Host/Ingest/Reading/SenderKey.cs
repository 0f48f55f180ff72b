using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// How a retry is distinguished from a new event: by the body's <c>event_id</c>, else its <c>delivery_id</c>, else the header
/// <c>x-cio-delivery-id</c>, else <c>x-cio-idempotency-key</c>. The delivery id has precedence because it is correct whether or not a
/// second sending of the same delivery renews the idempotency key. The value <c>unsent</c>, which templates render in test sends, is never
/// an id.
/// <para>
/// <b>An event is one fact.</b> A sender's id alone does not identify it: journeys give the same id to an add and to the removal that
/// follows, or to everyone in a broadcast. So the event's id is derived from source, sender's id, type, audience key (for a suppression its
/// destination, for consent its answers) and the strongest identifier, as its keyed digest, because the id stays in the log forever.
/// Without any sender's id it is derived from type, key, step, time and all identifiers: two addresses of one customer in the same second
/// are two facts. The time is the sender's own as written, even where a different time is effective, so that a retry is still the same
/// event.
/// </para>
/// <para>
/// A removal with neither id nor time takes the time of receipt, also in its id. A retry of it is then one more event, which changes
/// nothing; if the id were derived from the body alone, the same removal sent again after the person was added again would be taken for a
/// retry and be lost.
/// </para>
/// </summary>
/// <param name="IdempotencyKey">The header, null when absent.</param>
/// <param name="DeliveryId">The header, null when absent.</param>
public readonly record struct SenderKey(string? IdempotencyKey, string? DeliveryId)
{
    public const string IdempotencyKeyHeader = "x-cio-idempotency-key";
    public const string DeliveryIdHeader = "x-cio-delivery-id";

    private const string TestSend = "unsent";

    /// <summary>
    /// Space for every part at its longest: id and array index, type, key or destination, step, three digests and a time.
    /// </summary>
    private const int NameChars = 1024;

    public static SenderKey Of(IHeaderDictionary headers) =>
        new(
            headers.TryGetValue(IdempotencyKeyHeader, out var key) && key is [{ Length: > 0 } first] ? first : null,
            headers.TryGetValue(DeliveryIdHeader, out var delivery) && delivery is [{ Length: > 0 } id] ? id : null
        );

    /// <param name="item">The event.</param>
    /// <param name="index">Its index in an array, null for a single event: the delivery id then identifies the request and the index
    /// identifies the event.</param>
    /// <param name="isRemoval">Whether an id that cannot be read is left out, with a warning.</param>
    /// <param name="warnings">Receives the warnings.</param>
    /// <param name="key">The key; null when the sender gave none.</param>
    /// <param name="isTest">Whether this is a test send. A header does not turn an event whose body has its own id into a test: bodies are
    /// signed, headers are not.</param>
    public IngestProblem? TryRead(JsonElement item, int? index, bool isRemoval, ref WarningList warnings, out string? key, out bool isTest)
    {
        var wrong = TextField.TryRead(item, "event_id"u8, Limits.EventIdChars, IngestProblem.InvalidEventId, out key);
        if (
            TextField.TryRead(item, "delivery_id"u8, Limits.EventIdChars, IngestProblem.InvalidEventId, out var delivery) is
            { } wrongDelivery
        )
        {
            warnings.Add(wrongDelivery, "delivery_id");
        }

        var hasOwnId = key is not null || wrong is not null || delivery is not null;
        isTest = key == TestSend || delivery == TestSend || (!hasOwnId && (IdempotencyKey == TestSend || DeliveryId == TestSend));
        if (wrong is not null && Refusal(wrong, "event_id", isRemoval, ref warnings) is { } refusal)
        {
            return refusal;
        }

        if (key is not null || (delivery ?? Id(DeliveryId) ?? Id(IdempotencyKey)) is not { } other)
        {
            return null;
        }

        if (other.Length > Limits.EventIdChars)
        {
            return Refusal(IngestProblem.InvalidEventId, DeliveryIdHeader, isRemoval, ref warnings);
        }

        key = index is { } place ? string.Create(CultureInfo.InvariantCulture, $"{other}#{place}") : other;
        return null;
    }

    /// <summary>
    /// The delivery id of the step that sent an event: of the header, else of the body. Null when there is none that can be used.
    /// </summary>
    public string? DeliveryOf(JsonElement item)
    {
        var given = Id(DeliveryId);
        if (given is null)
        {
            _ = TextField.TryRead(item, "delivery_id"u8, Limits.EventIdChars, IngestProblem.InvalidEventId, out given);
        }

        return given is { Length: > 0 and <= Limits.EventIdChars } usable && usable != TestSend ? usable : null;
    }

    /// <summary>The id of an event.</summary>
    /// <param name="source">The sender.</param>
    /// <param name="id">The id that the sender gave it; null when there is none.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="discriminator">What distinguishes facts of one type about one person: the audience key, a destination, answers.</param>
    /// <param name="aliases">The person it names, strongest alias first; at least one.</param>
    /// <param name="step">The journey's step; null when there is none.</param>
    /// <param name="at">The time, as the sender wrote it.</param>
    public static EventId EventIdOf(
        Source source,
        string? id,
        string type,
        string? discriminator,
        Alias[] aliases,
        string? step,
        DateTimeOffset at
    )
    {
        Span<char> name = stackalloc char[NameChars];
        var fits = id is not null
            ? name.TryWrite(CultureInfo.InvariantCulture, $"id/{type}/{discriminator}/{aliases[0].Digest.Value:N}/{id}", out var length)
            : name.TryWrite(
                CultureInfo.InvariantCulture,
                $"all/{type}/{discriminator}/{Digest(aliases, 0)}/{Digest(aliases, 1)}/{Digest(aliases, 2)}/"
                    + $"{at.UtcTicks / TimeSpan.TicksPerMicrosecond}/{step}",
                out length
            );
        return fits
            ? EventId.Derive(source.Name, name[..length])
            : throw new InvalidOperationException("The name of an event exceeds the sum of all limits.");
    }

    private static IngestProblem? Refusal(IngestProblem wrong, string field, bool isRemoval, ref WarningList warnings)
    {
        var problem = wrong == IngestProblem.InvalidText ? wrong : IngestProblem.InvalidEventId;
        if (!isRemoval)
        {
            return problem;
        }

        warnings.Add(problem, field);
        return null;
    }

    private static string? Id(string? header) => header == TestSend ? null : header;

    private static Guid Digest(Alias[] aliases, int index) => index < aliases.Length ? aliases[index].Digest.Value : default;
}
