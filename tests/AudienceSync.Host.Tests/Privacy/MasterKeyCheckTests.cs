using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Privacy;

public sealed class MasterKeyCheckTests
{
    private const string KnownSql = "select version, retired_at is not null from audience_sync.master_keys order by 1";

    [Fact]
    public async Task The_first_key_of_a_version_stays_the_key_of_the_data()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await CheckAsync(workspace, new MasterKeys(Key(1, 1)));

        var wrong = await RefusedAsync(workspace, new MasterKeys(Key(1, 9)));
        var wrongOld = await RefusedAsync(workspace, new MasterKeys(Key(1, 9), Key(2, 2)));
        await CheckAsync(workspace, new MasterKeys(Key(1, 1)));

        new[] { wrong, wrongOld }.ShouldAllBe(refused => refused.Code == "master_key_wrong" && refused.Message.Contains("version 1"));
        (await workspace.RowsAsync(KnownSql)).ShouldBe(["1 False"], "a refused start writes nothing");
    }

    [Fact]
    public async Task Of_two_first_starts_with_different_keys_at_most_one_continues()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        var starts = await Task.WhenAll(
            Enumerable
                .Range(1, 6)
                .Select(n => Task.Run(() => Record.ExceptionAsync(() => CheckAsync(workspace, new MasterKeys(Key(1, (byte)n))))))
        );

        starts.Count(failure => failure is null).ShouldBe(1);
        starts.OfType<SetupException>().Select(refused => refused.Code).ShouldBe(Enumerable.Repeat("master_key_wrong", 5));
    }

    [Theory]
    [InlineData("insert into vault select md5(n::text)::uuid, 1, 1, '', null, null, now() from generate_series(1, 5) n", 5)]
    [InlineData("insert into wrapped_secrets values ('alias', 1, '')", 1)]
    [InlineData("insert into raw_bodies values ('2026-11-21 09:00Z', 1, 1, 1, ''), ('2026-11-21 09:00Z', 2, 2, 2, '')", 1)]
    [InlineData("insert into quarantine values (md5('1')::uuid, 's', false, 'r', '', null, null, now(), now(), 1, 1, 1, 0, '')", 1)]
    public async Task A_missing_version_that_rows_need_is_reported_with_the_number_of_rows(string sql, int rows)
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await CheckAsync(workspace, new MasterKeys(Key(1, 1), Key(2, 2)));
        await workspace.ExecuteAsync(sql);

        var refused = await RefusedAsync(workspace, new MasterKeys(Key(2, 2)));

        refused.Code.ShouldBe("master_key_absent");
        refused.Message.ShouldContain("version 1 ");
        refused.Message.ShouldContain($" {rows} rows of workspace default ");
        await CheckAsync(workspace, new MasterKeys(Key(1, 1), Key(2, 2)));
    }

    [Fact]
    public async Task An_unused_version_may_be_removed_is_checked_once_and_may_return()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await CheckAsync(workspace, new MasterKeys(Key(1, 1), Key(2, 2)));

        await CheckAsync(workspace, new MasterKeys(Key(2, 2)));
        (await workspace.RowsAsync(KnownSql)).ShouldBe(["1 True", "2 False"]);
        await workspace.ExecuteAsync("insert into vault values (md5('1')::uuid, 1, 1, '', null, null, now())");
        await CheckAsync(workspace, new MasterKeys(Key(2, 2)));
        await CheckAsync(workspace, new MasterKeys(Key(1, 1), Key(2, 2)));
        (await workspace.RowsAsync(KnownSql)).ShouldBe(["1 False", "2 False"]);

        (await RefusedAsync(workspace, new MasterKeys(Key(2, 2)))).Code.ShouldBe(
            "master_key_absent",
            "used again, therefore checked again"
        );
    }

    [Fact]
    public async Task A_database_does_not_go_back_to_an_older_newest_version()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await CheckAsync(workspace, new MasterKeys(Key(1, 1), Key(3, 3)));

        var refused = await RefusedAsync(workspace, new MasterKeys(Key(1, 1), Key(2, 2)));

        refused.Code.ShouldBe("master_key_backwards");
        refused.Message.ShouldContain("version 3");
        (await workspace.RowsAsync(KnownSql)).ShouldBe(["1 False", "3 False"]);
        await CheckAsync(workspace, new MasterKeys(Key(1, 1), Key(4, 4)));
    }

    [Fact]
    public async Task Counts_name_kind_version_and_number()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await workspace.ExecuteAsync(
            "insert into vault select md5(n::text)::uuid, 1, 1 + n % 2, '', null, null, now() from generate_series(1, 5) n"
        );
        await workspace.ExecuteAsync(
            "insert into raw_bodies values ('2026-11-21 09:00Z', 1, 1, 1, ''), ('2026-11-22 09:00Z', 2, 2, 1, '')"
        );

        var counts = await new SealedRowStore(workspace.Database).CountAsync(default);

        counts
            .Select(count => (count.Kind, (int)count.KeyVersion, count.Rows))
            .ShouldBe([("bodies", 1, 2), ("vault", 1, 2), ("vault", 2, 3)]);
        counts[0].Newest.ShouldBe(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));
    }

    private static MasterKey Key(short version, byte first) => new(version, [first, .. new byte[MasterKey.KeyBytes - 1]]);

    private static Task CheckAsync(TestWorkspace workspace, MasterKeys keys) =>
        new MasterKeyCheck(workspace.ConnectionString, keys).RunAsync(default);

    private static Task<SetupException> RefusedAsync(TestWorkspace workspace, MasterKeys keys) =>
        Should.ThrowAsync<SetupException>(() => CheckAsync(workspace, keys));
}
