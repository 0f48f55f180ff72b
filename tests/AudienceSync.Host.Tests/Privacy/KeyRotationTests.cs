using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Privacy;

public sealed class KeyRotationTests
{
    private const int People = 60;

    private const string OldRowsSql = "select count(*) from vault where key_version < 2";

    [Fact]
    public async Task Rows_sealed_under_the_first_version_open_and_are_merged_when_a_second_is_added()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await FillAsync(workspace, workspace.OpenLog(), 1);
        var log = new Ring(workspace, 1, 2).OpenLog();

        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("more", TestWorkspace.Start.AddHours(1), "c0", "new@shop.example"))],
            default
        );

        (await workspace.RowsAsync("select revision, key_version from vault order by 1, 2")).ShouldBe(["1 1", "2 2"]);
        var opened = await new Ring(workspace, 1, 2).OpenAllAsync();
        opened.Single(row => row.Key.Revision == 2).Value.ShouldBe(IdentifierReader.Read("c0", "new@shop.example", null, ""));
    }

    [Fact]
    public async Task A_rotation_ends_with_everything_under_the_newest_version_and_nothing_changed()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await WorkspaceSecrets.OpenAsync(new Ring(workspace, 1).Secrets, new Ring(workspace, 1).Keys, default);
        await FillAsync(workspace, workspace.OpenLog(), People);
        var before = await new Ring(workspace, 1).OpenAllAsync();

        var end = await new Ring(workspace, 1, 2).RotateAsync(batchRows: 7);

        (end.Finished, end.Passes, end.Seen, end.Resealed, end.Unreadable).ShouldBe((true, 1, People, People, 0));
        (await workspace.AskAsync<long>(OldRowsSql)).ShouldBe(0);
        (await workspace.AskAsync<long>("select count(*) from wrapped_secrets where key_version = 2")).ShouldBe(3);
        (await new Ring(workspace, 2).OpenAllAsync()).ShouldBe(before, ignoreOrder: true);
        (await new Ring(workspace, 1, 2).RotateAsync()).Resealed.ShouldBe(People, "another run finds nothing to do");
    }

    /// <summary>
    /// The process is killed: nothing is released or written afterwards, and another process takes over when the lease has expired.
    /// </summary>
    [Fact]
    public async Task A_rotation_killed_between_two_batches_continues_where_it_stopped()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await FillAsync(workspace, workspace.OpenLog(), People);
        var before = await new Ring(workspace, 1).OpenAllAsync();
        var ring = new Ring(workspace, 1, 2);
        using var kill = new CancellationTokenSource();
        var killed = ring.Rotation("killed", batchRows: 10);
        var lease = (await killed.TryClaimAsync(default)).ShouldNotBeNull();
        await Should.ThrowAsync<OperationCanceledException>(() =>
            killed.RunAsync(lease, progress => progress.Seen == 20 ? kill.CancelAsync() : Task.CompletedTask, kill.Token)
        );
        (await workspace.AskAsync<long>(OldRowsSql)).ShouldBe(People - 20);
        var half = await workspace.RowsAsync("select encode(cipher, 'hex') from vault where key_version = 2 order by 1");
        (await ring.Rotation("second").TryClaimAsync(default)).ShouldBeNull("the lease has not expired");
        await workspace.ExecuteAsync("update leases set until = clock_timestamp() - interval '1 second'");
        var seen = new List<long>();

        var end = await ring.RotateAsync(
            batchRows: 10,
            progress =>
            {
                seen.Add(progress.Seen);
                return Task.CompletedTask;
            }
        );

        seen.ShouldBe([30, 40, 50, 60], "nothing was done twice");
        (end.Passes, end.Resealed, end.Skipped).ShouldBe((1, People, 0));
        (await workspace.RowsAsync("select encode(cipher, 'hex') from vault order by 1"))
            .Intersect(half)
            .Count()
            .ShouldBe(20, "finished rows are unchanged");
        (await new Ring(workspace, 2).OpenAllAsync()).ShouldBe(before, ignoreOrder: true);
        await Should.ThrowAsync<LeaseLostException>(() => ring.Table.BeginPassAsync(lease, 2, default));
    }

    [Fact]
    public async Task A_rotation_loses_nothing_that_webhooks_write_meanwhile()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await FillAsync(workspace, workspace.OpenLog(), People);
        var ring = new Ring(workspace, 1, 2);
        var log = ring.OpenLog();
        var round = 0;

        // First between the batches, ahead of the rotation and behind it; then concurrently with a rotation that runs on its own.
        var end = await ring.RotateAsync(
            batchRows: 5,
            async _ =>
            {
                if (round < 12)
                {
                    round++;
                    await log.AppendAsync(
                        [.. Enumerable.Range(0, People / 4).Select(n => Change(workspace, round, (n * 4) + (round % 4)))],
                        default
                    );
                }
            }
        );
        var writing = WriteAsync(workspace, log, rounds: 12..40);
        var again = await ring.RotateAsync(batchRows: 5);
        await writing;
        var last = await ring.RotateAsync();

        end.Unreadable.ShouldBe(0);
        again.Unreadable.ShouldBe(0);
        (last.Unreadable, last.Skipped).ShouldBe((0, 0));
        (await workspace.AskAsync<long>(OldRowsSql)).ShouldBe(0);
        var current = (await new Ring(workspace, 2).OpenAllAsync())
            .GroupBy(row => row.Key.Person)
            .Select(rows => rows.MaxBy(row => row.Key.Revision).Value);
        current
            .Select(revision => revision.Email)
            .ShouldBe(Enumerable.Range(0, People).Select(n => $"{n}-{LastRound(n)}@shop.example"), ignoreOrder: true);
        await LogChecks.VerifyAsync(workspace);
    }

    /// <summary>
    /// A Host that was not restarted yet still seals under the old version, so the version alone does not show that a row was written.
    /// </summary>
    [Fact]
    public async Task A_row_written_under_the_old_version_since_it_was_read_is_not_overwritten()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await FillAsync(workspace, workspace.OpenLog(), 2);
        var ring = new Ring(workspace, 1, 2);
        var lease = (await ring.Rotation("test").TryClaimAsync(default)).ShouldNotBeNull();
        await ring.Table.BeginPassAsync(lease, 2, default);
        var batch = await ring.Table.ReadBatchAsync((await ring.Table.ReadAsync(2, default))!, 10, default);
        var written = new IdentifierRevision(new IdentifierClaims(), IdentifierReader.Read("c0", "newer@shop.example", null, "US"));
        await WriteAsync(workspace, batch[0].Person, workspace.Vault.Seal(batch[0].Person, 1, batch[0].Salt, written));

        var resealed = batch.ConvertAll(row => new ResealedRow(row, ring.Vault.Reseal(row.Person, row.Revision, 1, row.Salt, row.Cipher)));
        await ring.Table.WriteBatchAsync(lease, 2, batch, resealed, unreadable: 0, default);

        var progress = (await ring.Table.ReadAsync(2, default)).ShouldNotBeNull();
        (progress.Seen, progress.Resealed, progress.Skipped).ShouldBe((2, 1, 1));
        (await ring.OpenAllAsync())[(batch[0].Person.Value, 1)].ShouldBe(written.Identifiers);
    }

    [Fact]
    public async Task A_row_locked_by_another_writer_is_skipped_and_retried()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await FillAsync(workspace, workspace.OpenLog(), 3);
        await using var writer = await workspace.Owner.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using var hold = writer.CreateCommand();
        hold.CommandText = "select person from vault order by person limit 1 for update";
        await hold.ExecuteScalarAsync();
        var skipped = new List<long>();

        var end = await new Ring(workspace, 1, 2).RotateAsync(afterBatch: async progress =>
        {
            skipped.Add(progress.Skipped);
            if (progress.Passes == 1)
            {
                await transaction.RollbackAsync();
            }
        });

        skipped.ShouldBe([1, 0]);
        (end.Passes, end.Resealed, end.Skipped).ShouldBe((2, 3, 0));
        (await new Ring(workspace, 2).OpenAllAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_row_that_does_not_open_is_counted_and_left_as_it_is()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await FillAsync(workspace, workspace.OpenLog(), 5);
        await workspace.ExecuteAsync("update vault set cipher = '\\x00' where person = (select person from vault order by person limit 1)");
        await workspace.ExecuteAsync("delete from people where person = (select person from vault order by person desc limit 1)");

        var end = await new Ring(workspace, 1, 2).RotateAsync(batchRows: 2);

        (end.Finished, end.Passes, end.Resealed, end.Unreadable).ShouldBe((true, 1, 3, 2));
        (await workspace.AskAsync<long>(OldRowsSql)).ShouldBe(2);
        (await workspace.AskAsync<long>("select count(*) from vault where cipher = '\\x00'")).ShouldBe(1);
    }

    private static async Task WriteAsync(TestWorkspace workspace, EventLogStore log, Range rounds)
    {
        await Task.Yield();
        for (var round = rounds.Start.Value + 1; round <= rounds.End.Value; round++)
        {
            await log.AppendAsync(
                [.. Enumerable.Range(0, People / 4).Select(n => Change(workspace, round, (n * 4) + (round % 4)))],
                default
            );
        }
    }

    private static async Task WriteAsync(TestWorkspace workspace, PersonId person, byte[] cipher)
    {
        await using var command = workspace.Owner.CreateCommand("update vault set cipher = $2 where person = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Value });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = cipher });
        await command.ExecuteNonQueryAsync();
    }

    // Each of the 40 rounds changes every fourth person; this is the last round that changed this person.
    private static int LastRound(int person) => Enumerable.Range(1, 40).Last(round => round % 4 == person % 4);

    private static PendingRequest Change(TestWorkspace workspace, int round, int person) =>
        TestWebhooks.Request(
            workspace.Webhooks.Add(
                $"{person}-{round}",
                TestWorkspace.Start.AddMinutes(round),
                $"c{person}",
                $"{person}-{round}@shop.example"
            )
        );

    private static Task FillAsync(TestWorkspace workspace, EventLogStore log, int people) =>
        log.AppendAsync(
            [
                .. Enumerable
                    .Range(0, people)
                    .Select(n => TestWebhooks.Request(workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}"))),
            ],
            default
        );
}
