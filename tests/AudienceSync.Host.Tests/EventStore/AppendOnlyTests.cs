using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

public sealed class AppendOnlyTests
{
    private const string InsufficientPrivilege = "42501";

    private static readonly string[] Forbidden =
    [
        "update mt_events set type = 'forged'",
        "delete from mt_events",
        "truncate mt_events",
        "drop table mt_events",
        "alter table mt_events add column note text",
        "alter table mt_events disable trigger all",
        "create index on mt_events (type)",
        "create table notes (note text)",
        "create trigger t before insert on mt_events for each row execute function suppress_redundant_updates_trigger()",
        "select setval('mt_events_sequence', 1)",
        "drop table raw_bodies",
        "truncate people",
        "update schema_versions set digest = ''",
        "drop schema ws_default cascade",
        "update audience_sync.master_keys set check_value = ''",
        "delete from wrapped_secrets",
    ];

    [Fact]
    public async Task The_process_may_not_rewrite_the_log_or_the_schema()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        foreach (var source in new[] { workspace.Database.Hot, workspace.Database.Query })
        {
            foreach (var sql in Forbidden)
            {
                await using var command = source.CreateCommand(sql);

                (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(), sql)).SqlState.ShouldBe(
                    InsufficientPrivilege,
                    sql
                );
            }
        }

        (await workspace.RowsAsync("select type from mt_events")).ShouldBe(["audience_registered", "audience_key_published_v2"]);
    }
}
