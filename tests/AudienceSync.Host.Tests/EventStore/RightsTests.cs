using AudienceSync.Host.EventStore;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>
/// What the login of a Host may do: <c>Rights.txt</c> lists every table, sequence and function of a workspace and of the global schema. A
/// changed right is a change of that file. Written again with <c>AUDIENCESYNC_WRITE_DOCS=1</c>.
/// </summary>
public sealed class RightsTests
{
    private const string Login = "shop_login";

    private const string InsufficientPrivilege = "42501";

    private const string ListSql = $"""
        select n.nspname || '.' || c.relname || ': ' || coalesce(string_agg(p.name || case when p.whole then '' else ' of columns' end, ', '
          order by p.place), 'nothing')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join lateral (
          select r.name, r.place, has_table_privilege('{WorkspaceDatabase.AppRole}', c.oid, r.name) as whole
          from (values ('select', 1), ('insert', 2), ('update', 3), ('delete', 4), ('truncate', 5), ('references', 6),
            ('trigger', 7)) as r(name, place)
          where has_table_privilege('{WorkspaceDatabase.AppRole}', c.oid, r.name)
            or (r.place in (1, 2, 3, 6) and has_any_column_privilege('{WorkspaceDatabase.AppRole}', c.oid, r.name))) p on true
        where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and n.nspname in ('ws_default', 'audience_sync')
        group by n.nspname, c.relname
        union all
        select n.nspname || '.' || c.relname || ': sequence, ' || case when has_sequence_privilege('{WorkspaceDatabase.AppRole}', c.oid,
          'update') then 'can be set'
          when has_sequence_privilege('{WorkspaceDatabase.AppRole}', c.oid, 'usage') then 'usage' else 'nothing' end
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'S' and n.nspname in ('ws_default', 'audience_sync')
        union all
        select n.nspname || '.' || f.proname || '(' || pg_get_function_identity_arguments(f.oid) || '): function'
          || case when f.prosecdef then ', as its owner' else '' end
          || case when has_function_privilege('{WorkspaceDatabase.AppRole}', f.oid, 'execute') then '' else ', nothing' end
        from pg_proc f join pg_namespace n on n.oid = f.pronamespace where n.nspname in ('ws_default', 'audience_sync')
          and f.proname not like 'mt\_%'
        order by 1
        """;

    private static readonly string[] Forbidden =
    [
        "update ws_default.mt_events set type = 'forged'",
        "delete from ws_default.mt_events",
        "alter table ws_default.mt_events disable trigger mt_events_append_lock",
        "drop trigger mt_events_append_lock on ws_default.mt_events",
        "create or replace function ws_default.append_lock() returns void language sql as ''",
        "update ws_default.audience_keys set window_s = 1",
        "update ws_default.audience_keys set match_keys = 31, consent_policy = 1",
        "delete from ws_default.audience_keys",
        "update audience_sync.master_keys set check_value = ''",
        "delete from ws_default.wrapped_secrets",
        "update ws_default.schema_versions set digest = ''",
        "create table ws_default.notes (note text)",
        "create schema notes",
        "create role notes",
        "set session_replication_role = replica",
    ];

    private static string File => Path.Combine(AppContext.BaseDirectory, "EventStore", "Rights.txt");

    [Fact]
    public async Task The_role_of_the_process_has_the_rights_that_are_written_down_and_no_others()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        var rights = await workspace.RowsAsync(ListSql);

        if (Environment.GetEnvironmentVariable("AUDIENCESYNC_WRITE_DOCS") == "1")
        {
            await System.IO.File.WriteAllLinesAsync(Source(), rights);
        }
        else
        {
            rights.ShouldBe(await System.IO.File.ReadAllLinesAsync(File));
        }
    }

    [Theory]
    [InlineData("set role none")]
    [InlineData($"set role {WorkspaceDatabase.AppRole}")]
    [InlineData("reset role")]
    public async Task The_login_of_a_Host_cannot_rewrite_the_log_or_a_key_whatever_role_it_takes(string role)
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var login = await LoginAsync(workspace);
        foreach (var sql in Forbidden)
        {
            await using var connection = await login.OpenConnectionAsync();
            await ExecuteAsync(connection, role);

            (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(connection, sql), sql)).SqlState.ShouldBe(
                InsufficientPrivilege,
                sql
            );
        }

        (await workspace.RowsAsync("select type from mt_events")).ShouldBe(["audience_registered", "audience_key_published_v2"]);
    }

    [Fact]
    public async Task The_login_of_a_Host_cannot_become_the_owner()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await using var login = await LoginAsync(workspace);
        await using var connection = await login.OpenConnectionAsync();
        var owner = await workspace.AskAsync<string>(
            "select tableowner::text from pg_tables where schemaname = 'ws_default' and tablename = 'mt_events'"
        );

        (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(connection, $"set role {owner}"))).SqlState.ShouldBe(
            InsufficientPrivilege
        );
    }

    private static async Task<NpgsqlDataSource> LoginAsync(TestWorkspace workspace)
    {
        var settings = new NpgsqlConnectionStringBuilder(workspace.ConnectionString) { Username = Login, Pooling = false };
        await new Migrations(workspace.ConnectionString, settings.ConnectionString).ApplyAsync([TestWorkspace.Name], default);
        return NpgsqlDataSource.Create(settings.ConnectionString);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Source()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "AudienceSync.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "tests", "AudienceSync.Host.Tests", "EventStore", "Rights.txt");
    }
}
