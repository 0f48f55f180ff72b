using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Privacy;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Where webhooks are appended: a batch of requests in one transaction, all or nothing. The batch is one operation of ours in a Marten
/// session (<see cref="SqlOperation"/>), in two round trips, or three when it must be read for.
/// <para>
/// <b>Why position order is commit order.</b> The transaction takes the workspace's append lock as its first statement and holds it until
/// its commit (<see cref="UnitOfWork"/>), and only under it takes the positions after the head. So a position is visible before any higher
/// one is taken, a cursor is one integer, and a gap means only that a transaction failed.
/// </para>
/// <para>
/// <b>Why a duplicate is one row.</b> The id is derived from what the sender sent. Under the lock the known ids are read and left out, and
/// if that were ever wrong, the unique index refuses the whole batch rather than keep a second row.
/// </para>
/// <para>
/// <b>Appending without reading.</b> Reading first finds nothing most of the time: active people and recently sent events are in the caches
/// of this host, and people that are not cached are new. So once several reads in a row found nothing (<see cref="FreshStreak"/>), a batch
/// is written as if everything not cached were new, in one round trip. That assumption is always verified: the statement that takes the
/// lock refuses when another host appended, and the unique indexes of events and aliases refuse when anything already existed. Every
/// identifier assumed to be new is inserted, so none escapes its index. A refused batch is rolled back with its session, without a position
/// drawn, and appended again with the reads.
/// </para>
/// <para>
/// <b>When the response to the commit is lost</b>, it is unknown whether it happened. The same batch is appended again: existing events are
/// found to be duplicates, the others are written. That is why the ids must be derived and never generated.
/// </para>
/// </summary>
public sealed class EventLogStore(
    WorkspaceDatabase database,
    Vault vault,
    BodySeal bodies,
    TombstoneDigester tombstones,
    TimeProvider clock,
    LinkLimit limit
)
{
    /// <summary>A NOTIFY is a hint, so under load a few per second are enough; it costs a cluster-wide lock at commit.</summary>
    private static readonly TimeSpan NotifyEvery = TimeSpan.FromMilliseconds(50);

    private readonly AppendPlanner _planner = new(vault, limit, Vault.NewSalt);
    private readonly KnownState _known = new(() => new PersonId(Guid.CreateVersion7(clock.GetUtcNow())));
    private readonly IdentityCache _people = new();
    private readonly TombstoneQueries _tombstones = new(tombstones);
    private readonly RecentEvents _recent = new();
    private readonly ReplayQueries _replays = new();
    private readonly FreshStreak _streak = new();
    private readonly BodyRowsSql _bodyRows = new(bodies);
    private long _notifiedAt;

    // The last position after our last commit, and so the current one as long as no other host appends. -1: unknown.
    private long _head = -1;

    /// <summary>Seals the delivery ids of steps; null when no source has their outcomes reported.</summary>
    internal StepSeal? Steps { get; init; }

    internal string Workspace => database.Workspace.Value;

    /// <summary>The last position after our last commit.</summary>
    internal long Head => _head;

    /// <summary>Batches that were appended without reading first.</summary>
    internal int OptimisticAppends { get; private set; }

    /// <summary>Batches that were to be appended without reading, were refused, and then appended with reading.</summary>
    internal int RefusedOptimisticAppends { get; private set; }

    /// <summary>Appends. One call at a time.</summary>
    /// <returns>One outcome for each request, in order.</returns>
    /// <exception cref="NpgsqlException">Storage did not store it, or it is unknown whether it did.</exception>
    public async Task<RequestOutcome[]> AppendAsync(IReadOnlyList<PendingRequest> batch, CancellationToken cancellationToken)
    {
        try
        {
            var (head, plan) =
                await TryAppendOptimisticallyAsync(batch, cancellationToken) ?? await AppendReadAsync(batch, cancellationToken);
            _head = head + plan.Rows.EventIds.Count;
            _people.Store(_known.People, _known.Erased);
            _recent.Store(plan.Rows.EventIds);
            _replays.Store();
            return OutcomesOf(batch, plan.Items);
        }
        catch
        {
            _head = -1;
            _people.Clear();
            ForgetSideEffects();
            throw;
        }
    }

    private RequestOutcome[] OutcomesOf(IReadOnlyList<PendingRequest> batch, ReadOnlyMemory<ItemOutcome> items)
    {
        var outcomes = new RequestOutcome[batch.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (_replays.Earlier(batch[i]) is { } earlier)
            {
                outcomes[i] = new RequestOutcome(AppendResult.Committed) { Earlier = earlier };
                continue;
            }

            outcomes[i] = new RequestOutcome(AppendResult.Committed) { Items = items[..batch[i].Size] };
            items = items[batch[i].Size..];
        }

        return outcomes;
    }

    // Returns the last position before the batch and its plan, or null when the batch must be read for.
    private async Task<(long Head, AppendPlan Plan)?> TryAppendOptimisticallyAsync(
        IReadOnlyList<PendingRequest> batch,
        CancellationToken cancellationToken
    )
    {
        if (_head < 0 || !_streak.Holds)
        {
            return null;
        }

        Begin(batch);
        batch = _replays.First(batch);
        UncachedDigests(batch, trusted: true);
        _tombstones.Collect(batch, _known.People);
        var classified = _planner.Classify(batch, _known);
        if (_replays.MustRead || classified.Contested.Count > 0)
        {
            return null;
        }

        var plan = _planner.Create(batch, classified, _known);
        try
        {
            await using var session = database.Store.LightweightSession();
            session.QueueOperation(new SqlOperation([LockAtHead(), .. Writes(_head, batch, plan)]));
            await UnitOfWork.SaveAsync(session, cancellationToken);
            OptimisticAppends++;
            return (_head, plan);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.UniqueViolation or AppendSql.HeadMoved)
        {
            RefusedOptimisticAppends++;
            _streak.Break();
            ForgetSideEffects();
            return null;
        }
    }

    // Returns the last position before the batch, and its plan.
    private async Task<(long Head, AppendPlan Plan)> AppendReadAsync(
        IReadOnlyList<PendingRequest> batch,
        CancellationToken cancellationToken
    )
    {
        Begin(batch);
        await using var session = database.Store.LightweightSession();
        await session.BeginTransactionAsync(cancellationToken);
        var connection = session.Connection;
        var head = await ReadKnownAsync(connection, batch, cancellationToken);
        batch = _replays.First(batch);
        var classified = _planner.Classify(batch, _known);
        if (classified.Contested.Count > 0)
        {
            await new ContestedIdentityQueries(_known, vault).LoadAsync(connection, classified.Contested, cancellationToken);
        }

        var plan = _planner.Create(batch, classified, _known);
        if (Writes(head, batch, plan) is { Count: > 0 } writes)
        {
            session.QueueOperation(new SqlOperation(writes));
            await UnitOfWork.SaveAsync(session, cancellationToken);
        }

        return (head, plan);
    }

    private void Begin(IReadOnlyList<PendingRequest> batch)
    {
        _known.Clear();
        _tombstones.Clear();
        _replays.Begin(batch);
        foreach (var pending in batch.SelectMany(request => request.Events).Where(pending => _recent.Contains(pending.Id)))
        {
            _known.Events.Add(pending.Id.Value);
        }
    }

    // Returns the last position. One round trip, unless another host appended since our last commit: then the people taken from the cache
    // are read as well.
    private async Task<long> ReadKnownAsync(
        NpgsqlConnection connection,
        IReadOnlyList<PendingRequest> batch,
        CancellationToken cancellationToken
    )
    {
        var ids = new List<Guid>(batch.Count);
        foreach (var pending in batch.SelectMany(request => request.Events))
        {
            ids.Add(pending.Id.Value);
        }

        var trusted = _head;
        var missing = UncachedDigests(batch, trusted >= 0);
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(new NpgsqlBatchCommand(AppendSql.Lock));
        commands.BatchCommands.Add(new NpgsqlBatchCommand(AppendSql.Head));
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownEvents, Sql.Of(ids)));
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownAliases, Sql.Of(missing)));
        commands.BatchCommands.Add(new NpgsqlBatchCommand(AppendSql.AnyTombstone));
        _tombstones.Collect(batch, _known.People);
        if (_tombstones.HasLookups)
        {
            commands.BatchCommands.Add(_tombstones.Command());
        }

        _replays.AddReads(commands);
        var (head, firstTombstone) = await ReadKnownAsync(commands, cancellationToken);
        var moved = trusted >= 0 && head != trusted;
        if (moved || firstTombstone)
        {
            await RereadAsync(connection, batch, moved, cancellationToken);
        }

        return head;
    }

    private async Task RereadAsync(
        NpgsqlConnection connection,
        IReadOnlyList<PendingRequest> batch,
        bool moved,
        CancellationToken cancellationToken
    )
    {
        if (moved)
        {
            _people.Clear();
            _known.DropPeople();
        }

        _tombstones.Collect(batch, moved ? _known.People : new IdentityResolver(() => default));
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownAliases, Sql.Of(moved ? UncachedDigests(batch, trusted: false) : [])));
        commands.BatchCommands.Add(_tombstones.Command());
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        await PeopleQueries.LoadAliasesAsync(reader, _known.People, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await _tombstones.ReadAsync(reader, _known.Erased, cancellationToken);
    }

    private async Task<(long Head, bool FirstTombstone)> ReadKnownAsync(NpgsqlBatch commands, CancellationToken cancellationToken)
    {
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var head = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var found = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            found |= _known.Events.Add(reader.GetGuid(0));
        }

        await reader.NextResultAsync(cancellationToken);
        found |= await PeopleQueries.LoadAliasesAsync(reader, _known.People, cancellationToken) > 0;
        _streak.Read(found);
        await reader.NextResultAsync(cancellationToken);
        var first = await _tombstones.ReadAnyAsync(reader, cancellationToken);
        if (_tombstones.HasLookups)
        {
            await reader.NextResultAsync(cancellationToken);
            await _tombstones.ReadAsync(reader, _known.Erased, cancellationToken);
        }

        await _replays.ReadAsync(reader, cancellationToken);
        return (head, first);
    }

    // Cached people need no lookup; for all others every identifier does, because a weaker one may lead to a known person.
    private List<Guid> UncachedDigests(IReadOnlyList<PendingRequest> batch, bool trusted)
    {
        var missing = new List<Guid>();
        foreach (var statement in batch.SelectMany(request => request.Events).Select(pending => pending.Who))
        {
            if (trusted && _people.TryLoad(statement.Anchor.Digest, _known.People))
            {
                continue;
            }

            missing.AddRange(statement.Aliases.Where(alias => _known.LookedUp.Add(alias.Digest)).Select(alias => alias.Digest.Value));
        }

        return missing;
    }

    private NpgsqlBatchCommand LockAtHead() =>
        Sql.Command(AppendSql.LockAt, Sql.Of(_head), Sql.Of(_tombstones.Any), Sql.Of(_tombstones.LookedUp));

    private List<NpgsqlBatchCommand> Writes(long head, IReadOnlyList<PendingRequest> batch, in AppendPlan plan)
    {
        var rows = plan.Rows;
        var now = clock.GetUtcNow();
        var commands = new List<NpgsqlBatchCommand>();
        if (rows.EventIds.Count > 0)
        {
            PeopleSql.AddTo(commands, rows, vault.KeyVersion, now.UtcDateTime);
            AddEvents(commands, rows, head, now);
            if (Steps is { } seal)
            {
                rows.Steps.AddTo(commands, seal, now);
            }
        }

        rows.AddCounts(commands, now);
        foreach (var entry in rows.Quarantined)
        {
            commands.Add(QuarantineRowSql.Command(entry, bodies.KeyVersion));
        }

        if (rows.LinkStops.Count > 0)
        {
            commands.Add(
                Sql.Command(
                    AppendSql.LinkStops,
                    Sql.Of(rows.LinkStops.ConvertAll(stop => stop.Person.Value)),
                    Sql.Of(rows.LinkStops.ConvertAll(stop => (short)stop.Kind)),
                    Sql.Of(now)
                )
            );
        }

        _replays.AddWrites(commands, batch, plan.Items);
        if (rows.Refused.Count > 0)
        {
            commands.Add(
                Sql.Command(AppendSql.Refused, Sql.Of(rows.Refused.Keys.ToList()), Sql.Of(rows.Refused.Values.ToList()), Sql.Of(now))
            );
        }

        return commands;
    }

    private void AddEvents(List<NpgsqlBatchCommand> commands, AppendColumnsSql rows, long head, DateTimeOffset now)
    {
        var at = now.UtcDateTime;
        var count = (long)rows.EventIds.Count;
        commands.Add(
            Sql.Command(
                AppendSql.Events,
                Sql.Of(rows.EventIds),
                Sql.Of(rows.EventStreams),
                Sql.Of(rows.EventVersions),
                new NpgsqlParameter { Value = rows.EventData, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                Sql.Of(rows.EventTypes),
                Sql.Of(at),
                Sql.Of(head)
            )
        );
        commands.Add(Sql.Command(AppendSql.Draw, Sql.Of(count)));
        _bodyRows.AddTo(commands, rows, head, now);
        if (clock.GetElapsedTime(_notifiedAt) >= NotifyEvery)
        {
            _notifiedAt = clock.GetTimestamp();
            commands.Add(Sql.Command(AppendSql.Notify, Sql.Of(database.Channel)));
        }
    }

    // Side effects of a batch besides its rows, such as a new partition of bodies or a notification, are rolled back with it.
    private void ForgetSideEffects()
    {
        _notifiedAt = 0;
        _bodyRows.ForgetDays();
        _replays.ForgetDays();
    }
}
