using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// The commands of a commit that write people, their aliases, streams and identifier revisions: only those that have rows.
/// </summary>
internal static class PeopleSql
{
    /// <param name="commands">Receives the commands.</param>
    /// <param name="rows">The rows that the planner wrote.</param>
    /// <param name="keyVersion">The version of the key that seals the revisions.</param>
    /// <param name="now">The time of the commit, UTC.</param>
    public static void AddTo(List<NpgsqlBatchCommand> commands, AppendColumnsSql rows, short keyVersion, DateTime now)
    {
        AddNew(commands, rows, keyVersion, now);
        AddChanged(commands, rows.ChangedPeople);
        Add(
            commands,
            rows.FurtherRevisions.People,
            () => Sql.Command(AppendSql.FurtherRevisions, RevisionParameters(rows.FurtherRevisions, keyVersion, now))
        );
        AddMoved(commands, rows.ChangedAliases);
        Add(
            commands,
            rows.KnownStreams,
            () => Sql.Command(AppendSql.KnownStreams, Sql.Of(rows.KnownStreams), Sql.Of(rows.KnownStreamVersions), Sql.Of(now))
        );
    }

    private static void AddNew(List<NpgsqlBatchCommand> commands, AppendColumnsSql rows, short keyVersion, DateTime now)
    {
        var people = rows.NewPeople;
        var aliases = rows.NewAliases;
        if (people.People.Count + aliases.Digests.Count + rows.NewStreams.Count + rows.NewRevisions.People.Count > 0)
        {
            commands.Add(
                Sql.Command(
                    AppendSql.New,
                    [
                        .. RevisionParameters(rows.NewRevisions, keyVersion, now),
                        Sql.Of(people.People),
                        Sql.Of(people.Salts),
                        Sql.Of(people.Kinds),
                        Sql.Of(people.Anchors),
                        Sql.Of(people.Owners),
                        Sql.Of(people.Revisions),
                        Sql.Of(people.Emails),
                        Sql.Of(people.Phones),
                        Sql.Of(people.Details),
                        Sql.Of(aliases.Digests),
                        Sql.Of(aliases.Kinds),
                        Sql.Of(aliases.Anchors),
                        Sql.Of(aliases.Owners),
                        Sql.OfTimes(aliases.ClaimedAt),
                        Sql.Of("person"),
                        Sql.Of(rows.NewStreams),
                        Sql.Of(rows.NewStreamVersions),
                    ]
                )
            );
        }
    }

    private static void AddChanged(List<NpgsqlBatchCommand> commands, PeopleColumns changed) =>
        Add(
            commands,
            changed.People,
            () =>
                Sql.Command(
                    AppendSql.ChangedPeople,
                    Sql.Of(changed.People),
                    Sql.Of(changed.Owners),
                    Sql.Of(changed.Revisions),
                    Sql.Of(changed.Emails),
                    Sql.Of(changed.Phones),
                    Sql.Of(changed.Details)
                )
        );

    private static void AddMoved(List<NpgsqlBatchCommand> commands, AliasColumns moved) =>
        Add(
            commands,
            moved.Digests,
            () =>
                Sql.Command(
                    AppendSql.ChangedAliases,
                    Sql.Of(moved.Digests),
                    Sql.Of(moved.Anchors),
                    Sql.Of(moved.Owners),
                    Sql.OfTimes(moved.ClaimedAt)
                )
        );

    private static NpgsqlParameter[] RevisionParameters(RevisionColumns rows, short keyVersion, DateTime now) =>
        [
            Sql.Of(rows.People),
            Sql.Of(rows.Revisions),
            Sql.Of(rows.Ciphers),
            Sql.Of(rows.Emails),
            Sql.Of(rows.Phones),
            Sql.Of(keyVersion),
            Sql.Of(now),
        ];

    private static void Add(List<NpgsqlBatchCommand> commands, List<Guid> rows, Func<NpgsqlBatchCommand> command)
    {
        if (rows.Count > 0)
        {
            commands.Add(command());
        }
    }
}
