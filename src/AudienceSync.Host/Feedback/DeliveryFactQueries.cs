using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Domain.Feedback;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Feedback;

/// <summary>A fact about a person, complete except for the identifier.</summary>
internal readonly record struct PersonFact(Guid Person, FeedbackEvent Event);

/// <summary>Reads the deliveries of a page as facts about people.</summary>
internal sealed class DeliveryFactQueries(WorkspaceDatabase database)
{
    private const string DeliveriesSql = """
        select d.delivery_id, d.kind, d.at, d.people, d.results, d.codes, b.audience, k.audience_key, a.platform
        from deliveries d
        join bindings b on b.binding_id = d.binding_id
        join audience_keys k on k.key_id = b.key_id
        join accounts a on a.destination = d.destination
        where d.destination = $1 and d.delivery_id > $2 and d.delivery_id <= $3 and d.recorded_at >= $4::timestamptz - interval '1 day'
        order by d.delivery_id
        """;

    /// <param name="page">A page of deliveries.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<List<PersonFact>> ReadAsync(FeedbackPage page, CancellationToken cancellationToken)
    {
        var range = page.Range;
        var destination = FeedbackStreams.DestinationOf(range.Stream)!;
        var facts = new List<PersonFact>();
        await using var command = Sql.Command(
            database.Query,
            DeliveriesSql,
            Sql.Of(destination),
            Sql.Of(range.From),
            Sql.Of(range.To),
            Sql.Of(page.Since)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (number, kind) = (reader.GetInt64(0), (FeedbackFacts.Delivery)reader.GetInt16(1));
            var at = reader.GetFieldValue<DateTimeOffset>(2);
            var people = reader.GetFieldValue<Guid[]>(3);
            var results = reader.GetFieldValue<string[]>(4);
            var codes = await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetFieldValue<short[]>(5);
            var (audience, key, platform) = (reader.GetString(6), reader.GetString(7), reader.GetString(8));
            for (var i = 0; i < people.Length; i++)
            {
                var result = results[(codes?[i] ?? 1) - 1];
                if (FeedbackFacts.EventName(FeedbackFacts.Of(kind, result)) is not { } name)
                {
                    continue;
                }

                var happened = new FeedbackEvent(FactId.Derive(at, range.Source, destination, number, people[i], name), name, at)
                {
                    Audience = audience,
                    AudienceKey = key,
                    Destination = destination,
                    Platform = platform,
                    Operation = kind == FeedbackFacts.Delivery.Remove ? "remove" : "add",
                    Reason = FeedbackFacts.ReasonOf(result),
                };
                facts.Add(new PersonFact(people[i], happened));
            }
        }

        return facts;
    }
}
