using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest.Append;

public sealed class IdentityInTheLogTests
{
    private const string ChangesSql = "select data->>'revision' from mt_events where type = 'person_identifiers_changed' order by seq_id";

    [Fact]
    public async Task A_new_person_comes_with_aliases_and_sealed_identifiers_in_the_events_own_transaction()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();

        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("e", TestWorkspace.Start, "42", "ann@shop.example", "15559876543"))],
            default
        );

        (await workspace.AskAsync<long>("select count(*) from person_aliases")).ShouldBe(3);
        (
            await workspace.AskAsync<long>(
                """
                select count(distinct x) from (select xmin::text from people union all select xmin::text from person_aliases
                union all select xmin::text from vault union all select xmin::text from mt_events
                  where type = 'audience_member_added') as t(x)
                """
            )
        ).ShouldBe(1);
        (await OpenAsync(workspace, "42")).ShouldBe([IdentifierReader.Read("42", "ann@shop.example", "15559876543", "US")]);
        (await workspace.RowsAsync(ChangesSql)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_hosts_that_receive_a_new_person_concurrently_create_one_person()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var one = workspace.OpenLog();
        var two = workspace.OpenLog();
        for (var n = 0; n < 40; n++)
        {
            await Task.WhenAll(
                one.AppendAsync(
                    [TestWebhooks.Request(workspace.Webhooks.Add($"a{n}", TestWorkspace.Start, email: $"{n}@shop.example"))],
                    default
                ),
                two.AppendAsync(
                    [TestWebhooks.Request(workspace.Webhooks.Add($"b{n}", TestWorkspace.Start, $"c{n}", $"{n}@shop.example"))],
                    default
                )
            );
        }

        (await workspace.AskAsync<long>("select count(*) from people where owner is null")).ShouldBe(40);
        (await workspace.AskAsync<long>("select count(*) from mt_streams where type = 'person'")).ShouldBe(80);
        await LogChecks.VerifyAsync(workspace);
    }

    /// <summary>
    /// The cached people may have been changed by another host, and the next successful commit must not make the cache trusted again.
    /// </summary>
    [Fact]
    public async Task A_host_clears_its_cached_people_after_a_failure()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var one = workspace.OpenLog();
        var two = workspace.OpenLog();
        Task AppendAsync(EventLogStore log, string id, string customer, string? email = null) =>
            log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add(id, TestWorkspace.Start, customer, email))], default);
        await AppendAsync(one, "e1", "ann");
        await workspace.KillAsync();
        await Should.ThrowAsync<Npgsql.NpgsqlException>(() => AppendAsync(one, "lost", "bob"));

        await AppendAsync(two, "e2", "ann", "ann@shop.example");
        await AppendAsync(one, "e3", "carl");
        await AppendAsync(one, "e4", "ann");

        (await workspace.RowsAsync(ChangesSql)).ShouldBe(["2"]);
        (await workspace.AskAsync<long>("select count(*) from people")).ShouldBe(2);
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task A_guest_becomes_the_customer_with_the_same_address()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("guest", TestWorkspace.Start, email: "ann@shop.example"))],
            default
        );

        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("customer", TestWorkspace.Start.AddMinutes(1), "42", "ann@shop.example"))],
            default
        );

        (await workspace.AskAsync<long>("select count(*) from people where owner is null")).ShouldBe(1);
        (
            await workspace.RowsAsync(
                "select p.kind || ' ' || o.kind from mt_events e join people p on p.person = e.stream_id join people "
                    + "o on o.person = (e.data->>'owner')::uuid where e.type = 'person_linked'"
            )
        ).ShouldBe(["2 1"], "the e-mail's anchor belongs to the customer id's");
        (await OpenAsync(workspace, "42")).ShouldBe([IdentifierReader.Read("42", "ann@shop.example", null, "")]);
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task A_repeated_address_is_current_again_although_the_claim_in_between_arrives_late()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        Task SendEventAsync(int minute, string email) =>
            log.AppendAsync(
                [TestWebhooks.Request(workspace.Webhooks.Add($"m{minute}", TestWorkspace.Start.AddMinutes(minute), "42", email))],
                default
            );
        await SendEventAsync(1, "old@shop.example");
        await SendEventAsync(3, "old@shop.example");
        await SendEventAsync(2, "new@shop.example");

        (await OpenAsync(workspace, "42"))[^1].Email.ShouldBe("old@shop.example");
        (await workspace.RowsAsync("select data->>'saidKinds' from mt_events where data ? 'saidRevision'")).ShouldBe(["4"]);
    }

    [Fact]
    public async Task A_shared_address_reaches_only_the_customer_who_claimed_it_last()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        Task SendEventAsync(int minute, string customer) =>
            log.AppendAsync(
                [
                    TestWebhooks.Request(
                        workspace.Webhooks.Add($"m{minute}", TestWorkspace.Start.AddMinutes(minute), customer, "both@shop.example")
                    ),
                ],
                default
            );
        await SendEventAsync(1, "ann");
        await SendEventAsync(3, "ann");
        await SendEventAsync(2, "bob");
        (await OpenAsync(workspace, "ann"))[^1].Email.ShouldBe("both@shop.example");
        (await OpenAsync(workspace, "bob"))[^1].Email.ShouldBeNull();

        await SendEventAsync(4, "bob");

        (await OpenAsync(workspace, "ann"))[^1].Email.ShouldBeNull();
        (await OpenAsync(workspace, "bob"))[^1].Email.ShouldBe("both@shop.example");
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task Each_new_revision_is_announced_once_however_many_webhooks_of_a_batch_bring_it()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("first", TestWorkspace.Start, "42"))], default);
        var batch = Enumerable
            .Range(0, 5)
            .Select(n =>
                TestWebhooks.Request(workspace.Webhooks.Add($"e{n}", TestWorkspace.Start.AddMinutes(n), "42", $"{n}@shop.example"))
            )
            .ToList();

        await log.AppendAsync(batch, default);
        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("again", TestWorkspace.Start.AddHours(1), "42", "4@shop.example"))],
            default
        );
        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("old", TestWorkspace.Start.AddHours(-1), "42", "older@shop.example"))],
            default
        );
        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("new", TestWorkspace.Start.AddHours(2), "42", "new@shop.example"))],
            default
        );

        (await workspace.RowsAsync(ChangesSql)).ShouldBe(["2", "3"]);
        (await OpenAsync(workspace, "42")).Select(identifiers => identifiers.Email).ShouldBe([null, "4@shop.example", "new@shop.example"]);
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task The_log_itself_holds_nothing_by_which_a_person_could_be_reached()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();

        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("e", TestWorkspace.Start, "cust-42", "ann@shop.example", "15559876543"))],
            default
        );

        var rows = await workspace.RowsAsync("select e::text from mt_events e union all select s::text from mt_streams s");
        rows.ShouldAllBe(row => !row.Contains("cust-42") && !row.Contains("ann@") && !row.Contains("5559876543"));
    }

    // Every revision of a customer, opened, oldest first.
    private static async Task<List<PersonIdentifiers>> OpenAsync(TestWorkspace workspace, string customer)
    {
        var digest = workspace.Webhooks.Alias(IdentifierKind.CustomerId, customer).Digest.Value;
        var opened = new List<PersonIdentifiers>();
        await using var command = workspace.Owner.CreateCommand(
            $"""
            select p.person, v.revision, v.key_version, p.salt, v.cipher from person_aliases a join people p on p.person = a.anchor
              join vault v on v.person = p.person
            where a.digest = '{digest}' order by v.revision
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            opened.Add(
                workspace
                    .Vault.Open(
                        new PersonId(reader.GetGuid(0)),
                        reader.GetInt32(1),
                        reader.GetInt16(2),
                        reader.GetFieldValue<byte[]>(3),
                        reader.GetFieldValue<byte[]>(4)
                    )
                    .Identifiers
            );
        }

        return opened;
    }
}
