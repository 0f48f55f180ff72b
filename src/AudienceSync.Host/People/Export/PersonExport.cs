using System.Globalization;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.History;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.People.Erasure;

namespace AudienceSync.Host.People.Export;

/// <summary>
/// Writes everything that is held about a person, decrypted: the claimed identifiers with their times, present and past memberships, the
/// events about the person, the audiences the person was sent to, and the bodies that may still name the person. The answer to a request
/// for access; written as it is read, so a long history costs no memory.
/// </summary>
/// <remarks>
/// Raw bodies are not opened: one holds the events of many people. Everything in them about this person is in the person's events and
/// identifiers.
/// </remarks>
public sealed class PersonExport(
    PersonQueries people,
    PersonRecordQueries records,
    MemberQueries members,
    (ErasureStore Table, AccountErasureStore Accounts) erasures,
    QuarantinedBodyStore bodies,
    EngagementQueries engagement,
    PrivacyDependencies dependencies
)
{
    /// <summary>Bytes that are buffered before a flush.</summary>
    private const int FlushBytes = 16 * 1024;

    // A name must stay readable, and JSON in UTF-8 needs no escapes for it; it never becomes part of a web page.
    private static readonly JsonWriterOptions Form = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Empty when no person is known; with several roots when the identifiers belong to several people.</summary>
    public Task<PersonGroup> FindAsync(Naming who, CancellationToken cancellationToken) =>
        people.ReadAsync(who with { OtherForms = [] }, cancellationToken);

    /// <summary>Writes one JSON object.</summary>
    public async Task WriteAsync(PersonGroup person, Stream output, CancellationToken cancellationToken)
    {
        var pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await using var json = new Utf8JsonWriter(pipe, Form);
        json.WriteStartObject();
        json.WriteString("exported_at", dependencies.Clock.GetUtcNow().UtcDateTime);
        json.WriteString("person", person.Roots[0].Value);
        json.WriteStartArray("identifiers");
        foreach (var anchor in person.Anchors)
        {
            WriteAnchor(json, anchor, person.Revisions[anchor.Id].Own);
        }

        json.WriteEndArray();
        await WriteRevisionsAsync(pipe, json, person.Ids, cancellationToken);
        Write(json, "memberships", await members.OfPersonAsync(person.Roots[0], cancellationToken));
        await WriteEventsAsync(pipe, json, person.Ids, cancellationToken);
        Write(json, "deliveries", await records.DeliveriesAsync(person.Ids, cancellationToken));
        Write(json, "engagement", await engagement.ReadAsync(person.Ids, cancellationToken));
        await WriteExposuresAsync(pipe, json, person.Ids, cancellationToken);
        await WriteErasuresAsync(json, person.Ids, cancellationToken);
        await WriteBodiesAsync(pipe, json, person, cancellationToken);
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        await pipe.CompleteAsync();
    }

    private static void WriteAnchor(Utf8JsonWriter json, KnownPerson anchor, IdentifierClaims own)
    {
        json.WriteStartObject();
        json.WriteString("anchor", anchor.Id.Value);
        json.WriteString("kind", Kind(anchor.Anchor.Kind));
        if (anchor.Owner is { } owner)
        {
            json.WriteString("linked_to", owner.Value);
        }

        if (own.CustomerId is { } id)
        {
            json.WriteString("customer_id", id);
        }

        Write(
            json,
            "claims",
            own.Addresses.Select(claim => new
            {
                Kind = Kind(claim.Address.Kind),
                claim.Text,
                claim.Country,
                claim.Hashed,
                LastClaimedAt = claim.At,
            })
        );
        if (own.Details is { } details)
        {
            Write(json, "details", details);
            json.WriteString("details_last_claimed_at", own.DetailsAt.UtcDateTime);
        }

        json.WriteEndObject();
    }

    private async Task WriteRevisionsAsync(PipeWriter pipe, Utf8JsonWriter json, Guid[] anchors, CancellationToken cancellationToken)
    {
        json.WriteStartArray("revisions");
        await foreach (var held in records.RevisionsAsync(anchors, cancellationToken))
        {
            Write(
                json,
                null,
                new
                {
                    Anchor = held.Person.Value,
                    held.Revision,
                    held.RecordedAt,
                    ReachedBy = held.Opened?.Identifiers,
                    Readable = held.Opened is not null,
                }
            );
            await FlushAsync(pipe, json, cancellationToken);
        }

        json.WriteEndArray();
    }

    private async Task WriteEventsAsync(PipeWriter pipe, Utf8JsonWriter json, Guid[] anchors, CancellationToken cancellationToken)
    {
        json.WriteStartArray("events");
        await foreach (var held in records.EventsAsync(anchors, cancellationToken))
        {
            json.WriteStartObject();
            json.WriteNumber("position", held.Position);
            json.WriteString("id", held.Id);
            json.WriteString("anchor", held.Person);
            json.WriteString("type", held.Type);
            json.WriteString("recorded_at", held.RecordedAt.UtcDateTime);
            json.WritePropertyName("data");
            json.WriteRawValue(held.Data);
            json.WriteEndObject();
            await FlushAsync(pipe, json, cancellationToken);
        }

        json.WriteEndArray();
    }

    private async Task WriteExposuresAsync(PipeWriter pipe, Utf8JsonWriter json, Guid[] anchors, CancellationToken cancellationToken)
    {
        json.WriteStartArray("exposures");
        await foreach (var row in records.ExposuresAsync(anchors, cancellationToken))
        {
            json.WriteRawValue(row);
            await FlushAsync(pipe, json, cancellationToken);
        }

        json.WriteEndArray();
    }

    private async Task WriteErasuresAsync(Utf8JsonWriter json, Guid[] anchors, CancellationToken cancellationToken)
    {
        var now = dependencies.Clock.GetUtcNow();
        json.WriteStartArray("erasures");
        foreach (var erasure in await erasures.Table.OfPersonAsync(anchors, cancellationToken))
        {
            var removals = await erasures.Table.RemovalsAsync(erasure, cancellationToken);
            Write(
                json,
                null,
                ErasureAnswer.Of(erasure, removals, await erasures.Accounts.CallsAsync(erasure.Erasure, cancellationToken), now)
            );
        }

        json.WriteEndArray();
    }

    private async Task WriteBodiesAsync(PipeWriter pipe, Utf8JsonWriter json, PersonGroup person, CancellationToken cancellationToken)
    {
        var search = new BodySearch(person.Called.ToHashSet(), person.Countries, person.Phones, dependencies.Digester);
        json.WriteStartArray("quarantined");
        await foreach (var entry in bodies.NamingAsync(search, cancellationToken))
        {
            Write(
                json,
                null,
                new
                {
                    entry.Id,
                    entry.Reason,
                    entry.FirstSeenAt,
                }
            );
            await FlushAsync(pipe, json, cancellationToken);
        }

        json.WriteEndArray();
        json.WriteString(
            "raw_bodies",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The requests that brought the events above are kept sealed for {BodyPartitionStore.RetentionDays} days after their "
                    + $"recorded_at, those of message outcomes for {RetentionSettings.MostReportsD} days at most, and then dropped."
            )
        );
    }

    private static string Kind(IdentifierKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static void Write<T>(Utf8JsonWriter json, string? name, T value)
    {
        if (name is not null)
        {
            json.WritePropertyName(name);
        }

        JsonSerializer.Serialize(json, value, Options);
    }

    // The writer writes to the pipe only; the pipe writes to the stream, which does not allow synchronous writes.
    private static async Task FlushAsync(PipeWriter pipe, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        if (json.BytesPending + pipe.UnflushedBytes > FlushBytes)
        {
            json.Flush();
            await pipe.FlushAsync(cancellationToken);
        }
    }
}
