using System.Globalization;

namespace AudienceSync.Bench.Query;

/// <summary>
/// The log of one big audience, written directly by SQL. Every person is added once and every fourth is removed later, over thirty days,
/// each event recorded within a day; one in fifty is later linked to another person. Ids are independent of time, so a page as of an early
/// moment must skip many people who had not been added yet.
/// </summary>
internal static class BigAudience
{
    public const string Key = "big_v1";

    private const string PersonOf = "md5('person ' || n)::uuid";

    private const string OwnerOf = "md5('person ' || (n + 1))::uuid";

    public static IEnumerable<string> Statements(int people)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            insert into ws_default.mt_streams (id, version) select {PersonOf}, 1 + (n % 4 = 0 or n % 50 = 7)::int
              from generate_series(0, {people} - 1) n
            """
        );
        yield return Events(people, "audience_member_added", every: 1, version: 1, "30 days", "20 days");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select ws_default.append_lock();
            insert into ws_default.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            select nextval('ws_default.mt_events_sequence'), md5('link ' || n)::uuid, {PersonOf}, 2, jsonb_build_object('owner', {OwnerOf}),
              'person_linked', now() - interval '10 days'
            from generate_series(7, {people} - 2, 50) n
            """
        );
        yield return Events(people, "audience_member_removed", every: 4, version: 2, "10 days", "10 days");
    }

    /// <summary>
    /// The first members as of a moment as JSON, computed by one statement over the whole log. In the mode "happened", links are as they
    /// are known today.
    /// </summary>
    public static string NaivePage(string moment, bool known, int limit) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select coalesce(json_agg(p.person order by p.place), '[]')::text from (
              select coalesce((l.data ->> 'owner')::uuid, e.stream_id) as person, min(e.stream_id::text) as place
                from ws_default.mt_events e
              left join ws_default.mt_events l on l.type = 'person_linked' and l.stream_id = e.stream_id {(
                known ? $"and l.timestamp <= '{moment}'" : ""
            )}
              where e.type like 'audience_member%' and {(
                known ? "e.timestamp" : "(e.data ->> 'occurredAt')::timestamptz"
            )} <= '{moment}' group by 1
              having max((e.data ->> 'occurredAt')::timestamptz) filter (where e.type = 'audience_member_added')
                > coalesce(max((e.data ->> 'occurredAt')::timestamptz) filter (where e.type = 'audience_member_removed'), '-infinity')
              order by 2 limit {limit}) p
            """
        );

    // Positions follow the times of recording.
    private static string Events(int people, string type, int every, int version, string from, string during) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            select ws_default.append_lock();
            insert into ws_default.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            select nextval('ws_default.mt_events_sequence'), md5('{{type}} ' || n)::uuid, {{PersonOf}}, {{version}},
              jsonb_build_object('audienceKey', '{{Key}}', 'occurredAt',
                to_char((e.at - n::bigint * 7919 % 86400 * interval '1 second') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'source', 'bench',
                'context',
                jsonb_build_object('journey', 'cart_recovery', 'step', '30min', 'variant', 'a', 'message', 'cart_reminder_1')),
              '{{type}}', e.at
            from generate_series(0, {{people}} - 1, {{every}}) n
            cross join lateral (select now() - interval '{{from}}' + n / {{people}}.0 * interval '{{during}}' as at) e order by n
            """
        );
}
