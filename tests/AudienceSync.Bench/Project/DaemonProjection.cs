using System.Data.Common;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Marten.Internal.Operations;
using NpgsqlTypes;
using Weasel.Core;
using Weasel.Storage;
using ICommandBuilder = Weasel.Postgresql.ICommandBuilder;
using IStorageOperation = Marten.Internal.Operations.IStorageOperation;

namespace AudienceSync.Bench.Project;

/// <summary>An add as Marten reads it: the two fields that membership needs.</summary>
public sealed record BenchAdded(string AudienceKey, DateTimeOffset OccurredAt);

/// <summary>A remove.</summary>
public sealed record BenchRemoved(string AudienceKey, DateTimeOffset OccurredAt);

/// <summary>
/// Membership as a projection of Marten's async daemon: a page of events is folded in memory and written by one upsert of arrays, in the
/// daemon's transaction.
/// </summary>
/// <param name="keyIds">The numbers of the audience keys.</param>
internal sealed class DaemonProjection(IReadOnlyDictionary<string, int> keyIds) : IProjection
{
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var rows = new Dictionary<(int KeyId, Guid Person), FoldedRow>(events.Count);
        foreach (var e in events)
        {
            var (key, addedAt, removedAt) = e.Data switch
            {
                BenchAdded added => (added.AudienceKey, (DateTime?)added.OccurredAt.UtcDateTime, (DateTime?)null),
                BenchRemoved removed => (removed.AudienceKey, (DateTime?)null, (DateTime?)removed.OccurredAt.UtcDateTime),
                _ => throw new InvalidOperationException("The log has only adds and removes."),
            };
            var place = (keyIds[key], e.StreamId);
            rows[place] = rows.TryGetValue(place, out var known)
                ? new FoldedRow(Later(known.AddedAt, addedAt), Later(known.RemovedAt, removedAt), e.Sequence)
                : new FoldedRow(addedAt, removedAt, e.Sequence);
        }

        operations.QueueOperation(new Upsert(rows));
        return Task.CompletedTask;
    }

    private static DateTime? Later(DateTime? one, DateTime? other) => one is null || other > one ? other ?? one : one;

    private readonly record struct FoldedRow(DateTime? AddedAt, DateTime? RemovedAt, long EventPos);

    private sealed class Upsert(Dictionary<(int KeyId, Guid Person), FoldedRow> rows) : IStorageOperation
    {
        public Type DocumentType => typeof(IEvent);

        public OperationRole Role() => OperationRole.Other;

        public void ConfigureCommand(ICommandBuilder builder, IStorageSession session)
        {
            builder.Append(
                $"""
                insert into {ProjectionTables.Daemon} as t (key_id, person, added_at, removed_at, state, since_at, event_pos, changed_pos)
                select d.key_id, d.person, d.added_at, d.removed_at, case when d.removed_at >= d.added_at or d.added_at is null then 2
                  else 1 end,
                  greatest(d.added_at, d.removed_at), d.event_pos, d.event_pos from unnest(
                """
            );
            builder.AppendParameter(rows.Keys.Select(place => place.KeyId).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
            builder.Append(", ");
            builder.AppendParameter(rows.Keys.Select(place => place.Person).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
            builder.Append(", ");
            builder.AppendParameter(rows.Values.Select(row => row.AddedAt).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);
            builder.Append(", ");
            builder.AppendParameter(rows.Values.Select(row => row.RemovedAt).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);
            builder.Append(", ");
            builder.AppendParameter(rows.Values.Select(row => row.EventPos).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
            builder.Append($") as d(key_id, person, added_at, removed_at, event_pos) {ProjectionTables.OnConflict}");
        }

        public Task PostprocessAsync(DbDataReader reader, IList<Exception> exceptions, CancellationToken token) => Task.CompletedTask;
    }
}
