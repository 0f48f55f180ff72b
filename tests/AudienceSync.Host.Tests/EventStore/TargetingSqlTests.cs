using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>
/// What SQL repeats of <see cref="TargetingRule"/> and <see cref="Refusals.MayBeThere"/>, evaluated by PostgreSQL for every state and every
/// combination of restrictions: a changed enum or rule fails here.
/// </summary>
public sealed class TargetingSqlTests
{
    // Suppressed nowhere by name, here, elsewhere, or at both.
    private static readonly string[][] RestrictedAt =
    [
        [],
        ["here"],
        ["elsewhere"],
        ["elsewhere", "here"],
    ];

    private static readonly MembershipStatus[] States = Enum.GetValues<MembershipStatus>();

    private static readonly List<TargetingRestrictions> Restrictions =
    [
        .. Enumerable
            .Range(0, (int)Enum.GetValues<TargetingRestrictions>().Aggregate((all, one) => all | one) + 1)
            .Select(bits => (TargetingRestrictions)bits),
    ];

    [Fact]
    public async Task Who_may_be_targeted_and_who_opted_out_is_the_same_in_SQL_for_every_state_and_combination_of_restrictions()
    {
        var cases = States
            .SelectMany(state =>
                Restrictions.SelectMany(restrictions =>
                    RestrictedAt.SelectMany(at =>
                        new[] { true, false }.Select(consent => (State: state, Restrictions: restrictions, At: at, Consent: consent))
                    )
                )
            )
            .ToList();
        cases.Count.ShouldBe(7 * 256 * 4 * 2);

        // In the table, people who are suppressed nowhere by name have no list.
        var rows = await RowsAsync(
            $"""
            select {TargetingSql.Anywhere}, {TargetingSql.Here}, {TargetingSql.OptedOut.Replace("$6", "b.destination")},
              m.state {TargetingSql.Untargetable}, m.state {TargetingSql.MayHaveToLeave}, m.state {TargetingSql.Ended},
              m.state {TargetingSql.MayBeMistake}, m.state {TargetingSql.Listed}
            from unnest($1::smallint[], $2::smallint[], $3::text[], $4::bool[]) with ordinality as d(state, restrictions, restricted_at,
              consent_required, place)
            cross join lateral (select d.state, d.restrictions, string_to_array(nullif(d.restricted_at, ''), ',') as restricted_at) m
            cross join lateral (select m.*) c cross join lateral (select 'here' as destination) b
              cross join lateral (select d.consent_required) a
            order by d.place
            """,
            [.. cases.Select(one => (short)one.State)],
            cases.Select(one => (short)one.Restrictions).ToArray(),
            cases.Select(one => string.Join(',', one.At)).ToArray(),
            cases.Select(one => one.Consent).ToArray()
        );

        rows.Count.ShouldBe(cases.Count);
        foreach (var (row, (state, restrictions, at, consent)) in rows.Zip(cases))
        {
            var here = at.Contains("here");
            row.ShouldBe(
                [
                    TargetingRule.IsTargetable(state),
                    TargetingRule.IsDesired(state, restrictions, here, consent),
                    TargetingRule.IsOptOut(restrictions, here),
                    !TargetingRule.IsTargetable(state),
                    TargetingRule.MayHaveToLeave(state),
                    TargetingRule.IsEnded(state),
                    TargetingRule.MayBeMistake(state),
                    TargetingRule.IsListed(state),
                ],
                $"{state}, {restrictions}, suppressed at [{string.Join(", ", at)}], consent required: {consent}"
            );
        }
    }

    [Fact]
    public async Task Who_may_be_in_a_remote_audience_is_the_same_in_SQL_for_every_status_of_the_ledger()
    {
        var statuses = Enum.GetValues<LedgerStatus>();

        var rows = await RowsAsync(
            $"select l.status {TargetingSql.MayBeThere} from unnest($1::smallint[]) with ordinality as l(status, place) order by l.place",
            [.. statuses.Select(status => (short)status)]
        );

        rows.Select(row => row[0]).ShouldBe(statuses.Select(status => Refusals.MayBeThere(new LedgerEntry(status, 1, default))));
    }

    [Fact]
    public void Every_state_is_in_a_lane_and_only_a_state_that_each_destination_decides_about_is_in_both()
    {
        Lane.Adds.States.ShouldBe([1, 6]);
        Lane.Removals.States.ShouldBe([2, 3, 4, 5, 6, 7]);
        Lane.Adds.States.Union(Lane.Removals.States).Order().ShouldBe(States.Select(state => (short)state).Order());
    }

    private static async Task<List<bool[]>> RowsAsync(string sql, short[] first, params object[] others)
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await using var connection = await workspace.Database.Query.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in (object[])[first, .. others])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        var rows = new List<bool[]>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetBoolean)]);
        }

        return rows;
    }
}
