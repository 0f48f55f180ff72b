using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using Npgsql;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>
/// Writes pages of the exposure log: rows, spells, cursor and the end of the log in one transaction that holds the lease. So the log is
/// exactly once with its cursors: all of a page is there, or nothing.
/// </summary>
internal sealed class ExposurePageStore(WorkspaceDatabase database, TimeProvider clock)
{
    private const string HeadSql = "update exposure_head set position = $1, spell_id = $2, recorded_at = $3";

    private const string DaySql = """
        insert into exposure_days (day, first_position, last_position) values ($1, $2, $3)
        on conflict (day) do update set last_position = excluded.last_position
        """;

    private const string CursorSql = """
        insert into exposure_cursors (stream, position, since) values ($1, $2, $3)
        on conflict (stream) do update set position = excluded.position, since = greatest(exposure_cursors.since, excluded.since)
        """;

    private const string PeopleSql = """
        insert into exposure_people (person, person_key) select d.* from unnest($1::uuid[], $2::uuid[]) as d
        """;

    private const string OwnersSql = """
        update exposure_people p set owner = d.owner, links_due = true from unnest($1::uuid[], $2::uuid[]) as d(person, owner)
        where p.person = d.person
        """;

    private const string RenamedSql = """
        update exposure_people p set links_due = true from unnest($1::uuid[]) as d(person) where p.person = d.person and not p.erased
        """;

    private const string ErasedSql = """
        update exposure_people p set erased = true, customer = null, links_due = false from unnest($1::uuid[]) as d(person)
        where p.person = d.person
        """;

    private const string FeedSql = """
        insert into exposure_feeds (destination, remote, since, key_id) values ($1, $2, $3, $4)
        on conflict (destination, remote, since) do update set key_id = excluded.key_id
        """;

    private const string BeginSql =
        "insert into exposure_takeovers (key_id, from_key, at) values ($1, $2, $3) on conflict (key_id) do nothing";

    private const string AdvanceSql = "update exposure_takeovers set place = $2 where key_id = $1";

    private const string EndSql = "delete from exposure_takeovers where key_id = $1";

    /// <summary>Writes a page behind the end of the log. Returns the new end.</summary>
    /// <exception cref="LeaseLostException">Another Host is the projector now; nothing was written.</exception>
    public async Task<ExposureHead> WriteAsync(
        Lease lease,
        ExposureHead head,
        ExposurePage page,
        long spellId,
        CancellationToken cancellationToken
    )
    {
        var next = new ExposureHead(head.Position + page.Rows.Count, spellId, Later(head.RecordedAt));
        var commands = new List<NpgsqlBatchCommand>();
        People(commands, page);
        if (page.Spells.Count > 0)
        {
            commands.Add(SpellColumnsSql.Write(page));
        }

        if (page.Members.Count > 0)
        {
            commands.Add(MemberColumnsSql.Write(page.Members));
        }

        if (page.Sends.Count > 0)
        {
            commands.Add(SendColumnsSql.Write(page.Sends));
        }

        if (page.Rows.Count > 0)
        {
            commands.Add(RowColumnsSql.Write(page, head.Position, next.RecordedAt));
            commands.Add(
                Sql.Command(
                    DaySql,
                    Sql.Of(DateOnly.FromDateTime(next.RecordedAt.UtcDateTime)),
                    Sql.Of(head.Position + 1),
                    Sql.Of(next.Position)
                )
            );
        }

        commands.AddRange(
            page.Feeds.Select(feed =>
                Sql.Command(FeedSql, Sql.Of(feed.Remote.Destination), Sql.Of(feed.Remote.Remote), Sql.Of(feed.Since), Sql.Of(feed.KeyId))
            )
        );
        Takeovers(commands, page);
        if (page.Assigned is { } assigned)
        {
            commands.Add(ExposureAssignmentStore.Write(assigned));
        }

        if (page.Cursor is { } cursor)
        {
            commands.Add(Sql.Command(CursorSql, Sql.Of(cursor.Stream), Sql.Of(cursor.Position), Sql.Of(cursor.Since)));
        }

        commands.Add(Sql.Command(HeadSql, Sql.Of(next.Position), Sql.Of(next.SpellId), Sql.Of(next.RecordedAt)));
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, commands, cancellationToken);
        return next;
    }

    private static void People(List<NpgsqlBatchCommand> commands, ExposurePage page)
    {
        if (page.NewPeople.Count > 0)
        {
            commands.Add(
                Sql.Command(
                    PeopleSql,
                    Sql.Of(page.NewPeople.Select(person => person.Value).ToList()),
                    Sql.Of(page.NewPeople.Select(person => page.Tokens[person]).ToList())
                )
            );
        }

        if (page.Owners.Count > 0)
        {
            commands.Add(
                Sql.Command(
                    OwnersSql,
                    Sql.Of(page.Owners.Keys.Select(person => person.Value).ToList()),
                    Sql.Of(page.Owners.Values.Select(owner => owner.Value).ToList())
                )
            );
        }

        if (page.Renamed.Count > 0)
        {
            commands.Add(Sql.Command(RenamedSql, Sql.Of(page.Renamed.Select(person => person.Value).ToList())));
        }

        if (page.Erased.Count > 0)
        {
            commands.Add(Sql.Command(ErasedSql, Sql.Of(page.Erased.Select(person => person.Value).ToList())));
        }
    }

    private static void Takeovers(List<NpgsqlBatchCommand> commands, ExposurePage page)
    {
        if (page.Begun is { } begun)
        {
            commands.Add(Sql.Command(BeginSql, Sql.Of(begun.KeyId), Sql.Of(begun.FromKey), Sql.Of(begun.At)));
        }

        if (page.Advanced is { } advanced)
        {
            commands.Add(Sql.Command(AdvanceSql, Sql.Of(advanced.KeyId), Sql.Of(advanced.Place)));
        }

        if (page.TakenOver is { } done)
        {
            commands.Add(Sql.Command(EndSql, Sql.Of(done)));
        }
    }

    // To the microsecond, as it is stored.
    private DateTimeOffset Later(DateTimeOffset recorded)
    {
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return now > recorded ? now : recorded;
    }
}
