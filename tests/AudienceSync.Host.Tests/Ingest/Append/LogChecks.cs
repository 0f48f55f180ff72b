using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>Invariants of every log, whatever happened to its writers.</summary>
internal static class LogChecks
{
    private const string GapsSql = """
        select s.id, s.version, count(e.seq_id) from mt_streams s left join mt_events e on e.stream_id = s.id
        group by s.id having count(e.seq_id) <> s.version or min(e.version) <> 1 or max(e.version) <> s.version
        """;

    // The transaction of a row is its xmin: an event is never updated.
    private const string HolesSql =
        "select xmin::text, min(seq_id), max(seq_id), count(*) from mt_events group by 1 having max(seq_id) - min(seq_id) + 1 <> count(*)";

    private const string BodiesSql = """
        select e.seq_id, count(b.first_position) from mt_events e left join raw_bodies b
          on e.seq_id between b.first_position and b.last_position
        where e.stream_id not in (select s.id from mt_streams s where s.type = 'audience_stream')
          and e.type not in ('person_erasure_requested', 'person_erased') group by 1 having count(b.first_position) <> 1
        """;

    private const string PeopleSql = """
        select s.id from mt_streams s left join people p on p.person = s.id left join vault v on v.person = p.person
          and v.revision = p.revision
        where s.type = 'person' and not exists (select from mt_events e where e.stream_id = s.id and e.type = 'person_erased')
          and (v.person is null or not exists (select from person_aliases a where a.anchor = s.id))
        """;

    private const string StrangersSql =
        "select a.digest from person_aliases a left join mt_streams s on s.id = coalesce(a.owner, a.anchor) where s.id is null";

    public static async Task VerifyAsync(TestWorkspace workspace)
    {
        (await workspace.RowsAsync(GapsSql)).ShouldBeEmpty("versions of a stream have no gap");
        (await workspace.RowsAsync(HolesSql)).ShouldBeEmpty("positions of a commit are contiguous");
        (await workspace.RowsAsync(BodiesSql)).ShouldBeEmpty("every position is covered by one commit's bodies");
        (await workspace.RowsAsync(PeopleSql)).ShouldBeEmpty("a person's stream, row, identifiers and alias came together");
        (await workspace.RowsAsync(StrangersSql)).ShouldBeEmpty("an alias leads to a person");
    }
}
