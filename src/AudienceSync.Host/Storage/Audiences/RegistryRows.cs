using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Storage.Cutover;
using Npgsql;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>Writes the rows that follow from registry events, in the transaction of the events.</summary>
internal sealed class RegistryRows(NpgsqlConnection connection, DateTimeOffset now)
{
    private const string RegisterSql = """
        insert into audiences (audience, purpose, owner, definition, expected_volume, registered_at, changed_at) values ($1, $2, $3, $4, $5, $6, $6)
        on conflict (audience) do update set purpose = excluded.purpose, owner = excluded.owner, definition = excluded.definition,
          expected_volume = excluded.expected_volume, changed_at = excluded.changed_at
        """;

    private const string KeySql = """
        insert into audience_keys (audience_key, audience, version, window_s, purpose, owner, definition, published_at, match_keys, consent_policy, inherits_from)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
          case when $11 then (select k.key_id from audience_keys k where k.audience = $2 and k.version = $3 - 1) end)
        """;

    private const string RetireSql = "update audience_keys set retired_at = $2 where audience_key = $1";

    private const string KnownBindingSql = """
        select k.audience_key, b.bound from bindings b join audience_keys k on k.key_id = b.key_id
        where b.destination = $1 and b.remote = $2 for update of b
        """;

    private const string BindSql = """
        insert into bindings (audience, destination, remote, key_id, stopped_code, exclusive)
        select k.audience, $2, $3, k.key_id, case when a.paused then 'paused' end, $4
        from audience_keys k join audiences a on a.audience = k.audience where k.audience_key = $1
        on conflict (destination, remote) do update set audience = excluded.audience, bound = true, stopped_code = excluded.stopped_code,
          exclusive = excluded.exclusive
        """;

    private const string DestinationSql = "select exists (select from accounts where destination = $1)";

    private const string UnbindSql = "update bindings set bound = false, stopped_code = 'not_declared' where audience = $1 and destination = $2 and remote = $3";

    private const string PauseSql = "update audiences set paused = $2, changed_at = $3 where audience = $1";

    private const string StopSql = """
        update bindings set stopped_code = case when $2 then 'paused' end where audience = $1 and bound and ($2 or stopped_code = 'paused')
        """;

    /// <exception cref="RegistryException">binding_taken, unknown_destination</exception>
    public Task WriteAsync(IRegistryEvent stored, CancellationToken cancellationToken) => stored switch
    {
        AudienceRegistered registered => DescribeAsync(registered.Audience, registered.Text, cancellationToken),
        AudienceDescribed described => DescribeAsync(described.Audience, described.Text, cancellationToken),
        AudienceKeyPublished published => PublishAsync(published, cancellationToken),
        AudienceKeyRetired retired => ExecuteAsync(Sql.Command(RetireSql, Sql.Of(retired.AudienceKey.Value), Sql.Of(now)), cancellationToken),
        AudienceBound bound => BindAsync(bound, cancellationToken),
        AudienceUnbound unbound => ExecuteAsync(
            Sql.Command(UnbindSql, Sql.Of(unbound.Audience), Sql.Of(unbound.Remote.Destination), Sql.Of(unbound.Remote.Remote)), cancellationToken),
        AudienceKeyPromoted promoted => CutoverSql.SwitchAsync(connection, promoted.AudienceKey, promoted.Remote, now, cancellationToken),
        AudienceKeyRolledBack back => CutoverSql.SwitchAsync(connection, back.AudienceKey, back.Remote, now, cancellationToken),
        AudiencePaused => PauseAsync(stored.Audience, paused: true, cancellationToken),
        AudienceResumed => PauseAsync(stored.Audience, paused: false, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(stored), stored.GetType().Name, "An event without rows."),
    };

    /// <summary>Writes what an event changed in the draining versions.</summary>
    public async Task WriteDrainsAsync(Audience before, Audience after, long position, CancellationToken cancellationToken)
    {
        foreach (var ended in before.Draining.Keys.Where(version => !after.Draining.ContainsKey(version)))
        {
            await ExecuteAsync(DrainTable.End(AudienceKey.Of(after.Name, ended), position, now), cancellationToken);
        }

        foreach (var (version, policy) in after.Draining.Where(drain => !before.Draining.ContainsKey(drain.Key)))
        {
            await ExecuteAsync(DrainTable.Begin(AudienceKey.Of(after.Name, version), policy, position, now), cancellationToken);
        }
    }

    private Task DescribeAsync(string audience, AudienceText text, CancellationToken cancellationToken) => ExecuteAsync(
        Sql.Command(
            RegisterSql,
            Sql.Of(audience), Sql.OfNullable(text.Purpose), Sql.OfNullable(text.Owner), Sql.OfNullable(text.Definition),
            Sql.OfNullable(text.ExpectedVolume), Sql.Of(now)),
        cancellationToken);

    private Task PublishAsync(AudienceKeyPublished published, CancellationToken cancellationToken)
    {
        var key = published.AudienceKey;
        return ExecuteAsync(
            Sql.Command(
                KeySql,
                Sql.Of(key.Value), Sql.Of(key.Audience), Sql.Of(key.Version), Sql.OfNullable(published.WindowS), Sql.OfNullable(published.Purpose),
                Sql.OfNullable(published.Owner), Sql.OfNullable(published.Definition), Sql.Of(now), Sql.Of((int)published.MatchKeys),
                Sql.Of((short)published.ConsentPolicy), Sql.Of(published.Inherits)),
            cancellationToken);
    }

    private async Task BindAsync(AudienceBound bound, CancellationToken cancellationToken)
    {
        await using (var destination = Sql.Command(connection, DestinationSql, Sql.Of(bound.Remote.Destination)))
        {
            if (await destination.ExecuteScalarAsync(cancellationToken) is false)
            {
                throw new RegistryException(AudienceRefusal.DestinationUnknown(bound.Remote.Destination));
            }
        }

        var known = await KnownBindingAsync(bound.Remote, cancellationToken);
        if (known is { Bound: true } taken && taken.Key != bound.AudienceKey.Value)
        {
            throw new RegistryException(AudienceRefusal.BindingTaken(bound.Remote, taken.Key));
        }

        await ExecuteAsync(
            Sql.Command(
                BindSql, Sql.Of(bound.AudienceKey.Value), Sql.Of(bound.Remote.Destination), Sql.Of(bound.Remote.Remote), Sql.Of(bound.Exclusive)),
            cancellationToken);
        if (known is { Bound: false } free && free.Key != bound.AudienceKey.Value)
        {
            // Members may have been delivered through it before, by another key: that is a cutover.
            await CutoverSql.SwitchAsync(connection, bound.AudienceKey, bound.Remote, now, cancellationToken);
        }
    }

    private async Task<(string Key, bool Bound)?> KnownBindingAsync(RemoteAudience remote, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(connection, KnownBindingSql, Sql.Of(remote.Destination), Sql.Of(remote.Remote));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetBoolean(1)) : null;
    }

    private async Task PauseAsync(string audience, bool paused, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Sql.Command(PauseSql, Sql.Of(audience), Sql.Of(paused), Sql.Of(now)), cancellationToken);
        await ExecuteAsync(Sql.Command(StopSql, Sql.Of(audience), Sql.Of(paused)), cancellationToken);
    }

    private Task ExecuteAsync(NpgsqlBatchCommand command, CancellationToken cancellationToken) =>
        RegistryTable.ExecuteAsync(connection, command, cancellationToken);
}
