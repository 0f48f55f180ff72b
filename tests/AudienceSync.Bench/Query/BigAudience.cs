using System.Globalization;

namespace AudienceSync.Bench.Query;

/// <summary>The log of one big audience, by SQL: ids follow from a number, so that any of its people can be asked for.</summary>
internal static class BigAudience
{
    private const string PersonOf = "(lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";

    /// <summary>The uuid of one of them.</summary>
    public static Guid Person(int number) =>
        Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{number:x8}-0000-7000-8000-{number:x12}"));

    /// <summary>Adds of everybody, removes of every fourth, spread over thirty days, in the order in which they happened.</summary>
    public static IEnumerable<string> Statements(int people)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"""
            insert into ws_default.mt_streams (id, version) select {PersonOf}, 1 + (n % 4 = 0)::int from generate_series(0, {people} - 1) n
            """);
        yield return Events(people, "add", "audience_member_added", 1, 30, 1);
        yield return Events(people, "remove", "audience_member_removed", 4, 10, 2);
    }

    private static string Events(int people, string word, string type, int every, int days, int version) => string.Create(CultureInfo.InvariantCulture, $$"""
        insert into ws_default.mt_events (seq_id, id, stream_id, version, data, type)
        select nextval('ws_default.mt_events_sequence'), md5('{{word}}' || n)::uuid, {{PersonOf}}, {{version}}, jsonb_build_object('audienceKey', 'big_v1', 'occurredAt',
          to_char(now() at time zone 'UTC' - interval '{{days}} days' * (1 - (n::bigint * 7919 % {{people}}) / {{people}}.0), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'source', 'bench'), '{{type}}'
        from generate_series(0, {{people}} - 1, {{every}}) n
        """);
}
