using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using Npgsql;

namespace AudienceSync.Host.EventStore.Registry;

/// <summary>The statements that write the rows that follow from a registry event, in the event's transaction.</summary>
internal static class RegistryRows
{
    private const string RegisterSql = """
        insert into audiences (audience, purpose, owner, definition, expected_volume, registered_at, changed_at)
          values ($1, $2, $3, $4, $5, $6, $6)
        on conflict (audience) do update set purpose = excluded.purpose, owner = excluded.owner, definition = excluded.definition,
          expected_volume = excluded.expected_volume, changed_at = excluded.changed_at
        """;

    private const string KeySql = """
        insert into audience_keys (audience_key, audience, version, window_s, purpose, owner, definition, published_at, match_keys,
          consent_policy, inherits_from)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
          case when $11 then (select k.key_id from audience_keys k where k.audience = $2 and k.version = $3 - 1) end)
        """;

    private const string RetireSql = "update audience_keys set retired_at = $2 where audience_key = $1";

    private const string BindSql = """
        insert into bindings (audience, destination, remote, key_id, stopped_code, exclusive)
        select k.audience, $2, $3, k.key_id, case when a.paused then 'paused' end, $4
        from audience_keys k join audiences a on a.audience = k.audience where k.audience_key = $1
        on conflict (destination, remote) do update set audience = excluded.audience, bound = true, stopped_code = excluded.stopped_code,
          exclusive = excluded.exclusive
        """;

    private const string UnbindSql =
        "update bindings set bound = false, stopped_code = 'not_declared' where audience = $1 and destination = $2 and remote = $3";

    private const string PauseSql = "update audiences set paused = $2, changed_at = $3 where audience = $1";

    private const string StopSql = """
        update bindings set stopped_code = case when $2 then 'paused' end where audience = $1 and bound and ($2 or stopped_code = 'paused')
        """;

    public static IEnumerable<NpgsqlBatchCommand> Of(IRegistryEvent stored, DateTimeOffset now) =>
        stored switch
        {
            AudienceRegistered registered => [Describe(registered.Audience, registered.Text, now)],
            AudienceDescribed described => [Describe(described.Audience, described.Text, now)],
            AudienceKeyPublished published => [Publish(published, now)],
            AudienceKeyRetired retired => [Sql.Command(RetireSql, Sql.Of(retired.AudienceKey.Value), Sql.Of(now))],
            AudienceBound bound => Bind(bound, now),
            AudienceUnbound unbound =>
            [
                Sql.Command(UnbindSql, Sql.Of(unbound.Audience), Sql.Of(unbound.Remote.Destination), Sql.Of(unbound.Remote.Remote)),
            ],
            AudienceKeyPromoted promoted => CutoverSql.Switch(promoted.AudienceKey, promoted.Remote, now),
            AudienceKeyRolledBack back => CutoverSql.Switch(back.AudienceKey, back.Remote, now),
            AudienceExperimentDeclared declared => [ExperimentRows.Declare(declared, now)],
            AudienceExperimentEnded ended => [ExperimentRows.End(ended, now)],
            AudiencePaused => Pause(stored.Audience, paused: true, now),
            AudienceResumed => Pause(stored.Audience, paused: false, now),
            _ => throw new ArgumentOutOfRangeException(nameof(stored), stored.GetType().Name, "An event without rows."),
        };

    /// <summary>What an event changed in the draining versions.</summary>
    /// <param name="before">The audience before the event.</param>
    /// <param name="after">The audience after it.</param>
    /// <param name="by">The event.</param>
    /// <param name="now">Its time.</param>
    public static IEnumerable<NpgsqlBatchCommand> OfDrains(Audience before, Audience after, EventId by, DateTimeOffset now)
    {
        var ended = before
            .Draining.Keys.Where(version => !after.Draining.ContainsKey(version))
            .Select(version => DrainRows.End(AudienceKey.Of(after.Name, version), by, now));
        var begun = after
            .Draining.Where(drain => !before.Draining.ContainsKey(drain.Key))
            .Select(drain => DrainRows.Begin(AudienceKey.Of(after.Name, drain.Key), drain.Value, by, now));
        return ended.Concat(begun);
    }

    private static NpgsqlBatchCommand Describe(string audience, AudienceText text, DateTimeOffset now) =>
        Sql.Command(
            RegisterSql,
            Sql.Of(audience),
            Sql.OfNullable(text.Purpose),
            Sql.OfNullable(text.Owner),
            Sql.OfNullable(text.Definition),
            Sql.OfNullable(text.ExpectedVolume),
            Sql.Of(now)
        );

    private static NpgsqlBatchCommand Publish(AudienceKeyPublished published, DateTimeOffset now)
    {
        var key = published.AudienceKey;
        return Sql.Command(
            KeySql,
            Sql.Of(key.Value),
            Sql.Of(key.Audience),
            Sql.Of(key.Version),
            Sql.OfNullable(published.WindowS),
            Sql.OfNullable(published.Purpose),
            Sql.OfNullable(published.Owner),
            Sql.OfNullable(published.Definition),
            Sql.Of(now),
            Sql.Of((int)published.MatchKeys),
            Sql.Of((short)published.ConsentPolicy),
            Sql.Of(published.Inherits)
        );
    }

    // Members may have been delivered through a free remote audience before, by another key: then it is a cutover.
    private static IEnumerable<NpgsqlBatchCommand> Bind(AudienceBound bound, DateTimeOffset now) =>
        [
            Sql.Command(
                BindSql,
                Sql.Of(bound.AudienceKey.Value),
                Sql.Of(bound.Remote.Destination),
                Sql.Of(bound.Remote.Remote),
                Sql.Of(bound.Exclusive)
            ),
            .. CutoverSql.Switch(bound.AudienceKey, bound.Remote, now),
        ];

    private static IEnumerable<NpgsqlBatchCommand> Pause(string audience, bool paused, DateTimeOffset now) =>
        [Sql.Command(PauseSql, Sql.Of(audience), Sql.Of(paused), Sql.Of(now)), Sql.Command(StopSql, Sql.Of(audience), Sql.Of(paused))];
}
