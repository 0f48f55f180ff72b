using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// The steps of a group commit whose outcomes are to be reported; empty for every commit of sources that do not want it. Written with their
/// events, under the append lock: so their numbers grow in commit order.
/// </summary>
internal sealed class StepSql
{
    private const string InsertSql = """
        insert into feedback_steps (source, event_id, person, audience_key, kind, recorded_at, key_version, cipher, next_at)
        select d.source, d.event_id, d.person, d.audience_key, d.kind, $7, $8, d.cipher, $7
        from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::smallint[], $6::bytea[])
          as d(source, event_id, person, audience_key, kind, cipher)
        """;

    private readonly List<(PendingEvent Event, PersonId Person)> _steps = [];

    public void Clear() => _steps.Clear();

    /// <summary>Adds the step of an event, if it has one.</summary>
    public void Add(PendingEvent pending, PersonId person)
    {
        if (pending is { Step: not null, Source: not null })
        {
            _steps.Add((pending, person));
        }
    }

    /// <summary>The statement that writes them; nothing when there are none.</summary>
    public void AddTo(List<NpgsqlBatchCommand> commands, StepSeal seal, DateTimeOffset now)
    {
        if (_steps.Count == 0)
        {
            return;
        }

        commands.Add(
            Sql.Command(
                InsertSql,
                Sql.Of(_steps.ConvertAll(step => step.Event.Source!)),
                Sql.Of(_steps.ConvertAll(step => step.Event.Id.Value)),
                Sql.Of(_steps.ConvertAll(step => step.Person.Value)),
                Sql.Of(_steps.ConvertAll(step => step.Event.Step!.AudienceKey)),
                Sql.Of(_steps.ConvertAll(step => step.Event.Type == EventTypes.MemberAdded ? (short)1 : (short)2)),
                Sql.Of(_steps.ConvertAll(step => seal.Seal(now, Encoding.UTF8.GetBytes(step.Event.Step!.DeliveryId)))),
                Sql.Of(now),
                Sql.Of(seal.KeyVersion)
            )
        );
    }
}
