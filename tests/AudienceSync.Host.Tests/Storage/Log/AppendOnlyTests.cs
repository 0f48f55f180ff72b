using Npgsql;

namespace AudienceSync.Host.Tests.Storage.Log;

public sealed class AppendOnlyTests
{
    private const string InsufficientPrivilege = "42501";

    [Theory]
    [InlineData("update mt_events set type = 'forged'")]
    [InlineData("delete from mt_events")]
    [InlineData("truncate mt_events")]
    [InlineData("drop table mt_events")]
    [InlineData("alter table mt_events add column note text")]
    [InlineData("alter table mt_events disable trigger all")]
    [InlineData("create index on mt_events (type)")]
    [InlineData("create table notes (note text)")]
    [InlineData("create trigger t before insert on mt_events for each row execute function suppress_redundant_updates_trigger()")]
    [InlineData("select setval('mt_events_sequence', 1)")]
    [InlineData("drop table raw_bodies")]
    [InlineData("truncate people")]
    [InlineData("update schema_versions set digest = ''")]
    [InlineData("drop schema ws_default cascade")]
    [InlineData("update audience_sync.master_keys set check_value = ''")]
    public async Task The_process_may_not_rewrite_the_log_nor_the_schema(string sql)
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        foreach (var source in new[] { workspace.Database.Hot, workspace.Database.Query })
        {
            await using var command = source.CreateCommand(sql);

            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(InsufficientPrivilege);
        }

        (await workspace.AskAsync<string>("select type from mt_events")).ShouldBe("audience_key_published");
    }
}
