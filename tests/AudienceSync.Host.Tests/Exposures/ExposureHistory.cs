using System.Globalization;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Tests.Exposures;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Exposures;

/// <summary>
/// A random history in a real log: people who turn out to be one, windows that pass, deliveries of calls and jobs. And the rows that the
/// exposure log must have of it, from <see cref="NaiveExposures"/> and a search among its spells.
/// </summary>
internal sealed class ExposureHistory(TestWorkspace workspace, Random random)
{
    private const string DeliverySql = """
        insert into deliveries (destination, binding_id, run_id, call_id, job_id, kind, outcome, code, at, people, results, codes)
        values ($1, 1, 1, $2, $3, $4, 1, 'ok', $5, $6, $7, $8)
        """;

    private const string RowsSql = """
        select p.person, l.key_id, l.kind, l.occurred_at, l.reason, l.binding_id
        from exposure_log l join exposure_people p on p.person_key = l.person_key order by l.position
        """;

    private static readonly string[] Results = ["acknowledged", "accepted", "rejected:meta_100", "invalid:no_email", "in_doubt:timeout"];

    private readonly List<(DateTimeOffset At, short Kind, bool IsJob, Guid[] People, string[] Results)> _deliveries = [];
    private int _sent;

    public async Task BindAsync()
    {
        await new BindingStore(workspace.Database).DeclareAccountAsync(ExposureStage.Destination, "meta", false, default);
        await workspace.BindAsync(0, ExposureStage.Destination, "4711");
    }

    /// <summary>Appends some events, each batch some time after the last, and deliveries of people in between.</summary>
    public async Task AppendAsync(int batches)
    {
        var log = workspace.OpenLog();
        for (var batch = 0; batch < batches; batch++)
        {
            workspace.Clock.Advance(TimeSpan.FromHours(random.Next(1, 12)));
            var events = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Event()).ToArray();
            await log.AppendAsync([new PendingRequest(events, [], default, workspace.Clock.GetUtcNow())], default);
            if (random.Next(2) == 0)
            {
                await DeliverAsync();
            }
        }
    }

    public async Task VerifyAsync(string because)
    {
        var naive = new NaiveExposures(
            workspace.Keys.All.ToDictionary(key => key.Key.Value, key => (key.KeyId, key.Window), StringComparer.Ordinal)
        );
        foreach (var logged in await LogAsync())
        {
            naive.Apply(logged);
        }

        naive.ExpireAll(workspace.Clock.GetUtcNow());
        var rows = await RowsAsync();
        var folded = rows.Where(row => row.Binding is null).ToList();
        Grouped(folded.Select(row => ((row.Person, row.Key), row.Text)))
            .ShouldBe(Grouped(naive.Rows.Select(row => ((row.Person, row.KeyId), row.Text))), because);
        rows.Where(row => row.Binding is not null).Select(row => $"{row.Person} {row.Text}").ShouldBe(Delivered(naive), because);
        (await workspace.AskAsync<long>("select count(*) - coalesce(max(position), 0) from exposure_log")).ShouldBe(0, "no gap");
        (
            await workspace.AskAsync<long>(
                "select count(*) from exposure_log l join exposure_days d on l.position between d.first_position and d.last_position "
                    + "where d.day = (l.recorded_at at time zone 'UTC')::date"
            )
        ).ShouldBe(rows.Count, "each row is in its day");
        (await workspace.AskAsync<long>("select count(*) from exposure_periods")).ShouldBe(naive.Spells.Count, because);
    }

    private PendingEvent Event()
    {
        var n = _sent++;
        var now = workspace.Clock.GetUtcNow();
        var at = now.AddHours(-random.Next(24 * 9));
        var customer = random.Next(5) == 0 ? null : $"c{random.Next(8)}";
        var email = customer is null || random.Next(6) == 0 ? $"mail{random.Next(8)}@shop.example" : null;
        var key = random.Next(workspace.Keys.All.Count);
        return random.Next(10) switch
        {
            < 5 => workspace.Webhooks.Add($"e{n}", at, customer, email, key: key),
            < 8 => workspace.Webhooks.Remove($"e{n}", at, customer, email, key: key),
            8 => workspace.Webhooks.Event(
                $"e{n}",
                new AudienceExposureRecorded(AudienceKey.Of($"k{key}", 1), at, "test", default, null),
                at,
                customer,
                email
            ),
            _ => workspace.Webhooks.Event($"e{n}", new PersonSuppressed(at, "test", null, null), at, customer, email),
        };
    }

    private async Task DeliverAsync()
    {
        var roots = (await workspace.RowsAsync("select person from people where owner is null order by person")).ConvertAll(Guid.Parse);
        var people = roots.Where(_ => random.Next(2) == 0).ToArray();
        if (people.Length == 0)
        {
            return;
        }

        var kind = (short)random.Next(1, 4);
        var isJob = kind < 3 && random.Next(3) == 0;
        var results = isJob ? ["confirmed"] : Results.Where(_ => random.Next(2) == 0).DefaultIfEmpty("acknowledged").ToArray();
        var codes = people.Select(_ => (short)random.Next(1, results.Length + 1)).ToArray();
        workspace.Clock.Advance(TimeSpan.FromMinutes(1));
        var at = workspace.Clock.GetUtcNow();
        await using var command = workspace.Owner.CreateCommand(DeliverySql);
        command.Parameters.Add(new NpgsqlParameter { Value = ExposureStage.Destination });
        command.Parameters.Add(new NpgsqlParameter { Value = (long)_deliveries.Count });
        command.Parameters.Add(new NpgsqlParameter { Value = isJob ? 1L : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = kind });
        command.Parameters.Add(new NpgsqlParameter { Value = at.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter { Value = people });
        command.Parameters.Add(new NpgsqlParameter { Value = results });
        command.Parameters.Add(new NpgsqlParameter { Value = codes });
        await command.ExecuteNonQueryAsync();
        _deliveries.Add((at, kind, isJob, people, [.. codes.Select(code => results[code - 1])]));
    }

    // By search: whether somebody was sent before is looked up among everything that was delivered before in the same spell.
    private IEnumerable<string> Delivered(NaiveExposures naive)
    {
        var seen = new List<(NaiveExposures.Spell Spell, string What)>();
        foreach (var (at, kind, isJob, people, results) in _deliveries)
        {
            foreach (var (guid, result) in people.Zip(results))
            {
                var person = new PersonId(guid);
                var spell = naive
                    .Spells.Where(one => one.Person == person && one.Key == "k0_v1" && one.Opened <= at)
                    .OrderBy(one => one.Opened)
                    .LastOrDefault();
                var reason = spell?.Closed <= at ? spell!.Reason : null;
                var code = result.Split(':')[0];
                var isSent = !isJob && code != "invalid" && kind != 3;
                var what = kind == 1 ? "sent" : "removed";
                if (isSent && (spell is null || !seen.Contains((spell, what))))
                {
                    yield return Text(person, kind == 1 ? ExposureKind.Sent : ExposureKind.RemovedSent, at, kind == 1 ? null : reason);
                    if (spell is not null)
                    {
                        seen.Add((spell, what));
                    }
                }

                switch (code)
                {
                    case "rejected":
                        yield return Text(person, ExposureKind.Rejected, at, "platform_reject:meta_100");
                        break;
                    case "invalid":
                        yield return Text(person, ExposureKind.Invalid, at, "invalid:no_email");
                        break;
                    case "acknowledged" or "confirmed" when kind == 1:
                        yield return Text(person, isJob ? ExposureKind.Confirmed : ExposureKind.Acknowledged, at, null);
                        if (spell is not null)
                        {
                            seen.Add((spell, "sent"));
                            seen.RemoveAll(one => one == (spell, "removed"));
                        }

                        break;
                    case "acknowledged" or "confirmed" when kind == 2:
                        yield return Text(person, ExposureKind.RemovedAcknowledged, at, reason);
                        if (spell is not null)
                        {
                            seen.Add((spell, "removed"));
                        }

                        break;
                    default:
                        break;
                }
            }
        }
    }

    private static string Text(PersonId person, ExposureKind kind, DateTimeOffset at, string? reason) =>
        $"{person} {NaiveExposures.Text(kind, at, reason)}";

    // The order of what is about different people may differ: a window is noticed by the next event, or by the clock.
    private static List<string> Grouped(IEnumerable<((PersonId Person, int? Key) Of, string Text)> rows) =>
        [
            .. rows.GroupBy(row => row.Of)
                .Select(group =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{group.Key.Person} {group.Key.Key}: {string.Join("; ", group.Select(row => row.Text))}"
                    )
                )
                .Order(StringComparer.Ordinal),
        ];

    private async Task<List<LogEvent>> LogAsync()
    {
        var events = new List<LogEvent>();
        await using var command = workspace.Owner.CreateCommand(
            "select seq_id, stream_id, type, data, timestamp from mt_events order by 1"
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            events.Add(
                new LogEvent(
                    new Position(reader.GetInt64(0)),
                    new PersonId(reader.GetGuid(1)),
                    reader.GetString(2),
                    reader.GetFieldValue<byte[]>(3),
                    reader.GetFieldValue<DateTimeOffset>(4)
                )
            );
        }

        return events;
    }

    private async Task<List<(PersonId Person, int? Key, string Text, int? Binding)>> RowsAsync()
    {
        var rows = new List<(PersonId, int?, string, int?)>();
        await using var command = workspace.Owner.CreateCommand(RowsSql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(
                (
                    new PersonId(reader.GetGuid(0)),
                    reader.IsDBNull(1) ? null : reader.GetInt32(1),
                    NaiveExposures.Text(
                        (ExposureKind)reader.GetInt16(2),
                        reader.GetFieldValue<DateTimeOffset>(3),
                        reader.IsDBNull(4) ? null : reader.GetString(4)
                    ),
                    reader.IsDBNull(5) ? null : reader.GetInt32(5)
                )
            );
        }

        return rows;
    }
}
