using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Tests.EventStore;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>
/// Export and erasure beside a large quarantine, verified by query plans and by the number of opened bodies, not by seconds.
/// </summary>
public sealed class QuarantinedBodyStoreTests(ITestOutputHelper output)
{
    private const string Email = "ann@example.com";
    private const string Phone = "07700 900190";

    private const string FillSql = """
        insert into quarantine (id, source, refused, reason, detail, first_seen_at, last_seen_at, key_version, body_bytes, cipher, mentions,
          mention_state)
        select md5('q' || n)::uuid, 'test', true, 'malformed_json', '', now(), now(), 1, 300, '\x00',
          array[md5('a' || n)::uuid, md5('b' || n)::uuid, md5('c' || n % 1000)::uuid], 1
        from generate_series(1, $1) n
        """;

    private const string FillPeopleSql = """
        insert into person_aliases select md5('a' || n)::uuid, 2, md5('p' || n)::uuid, md5('o' || n)::uuid, now()
          from generate_series(1, $1) n;
        insert into vault select md5('p' || n)::uuid, 1, 1, '\x00', md5('e' || n)::uuid, md5('f' || n)::uuid, now()
          from generate_series(1, $1) n;
        """;

    [Fact]
    public async Task Among_20_000_others_only_the_bodies_that_name_the_person_are_found_and_hardly_any_is_opened()
    {
        await using var stage = await TestWorkspace.CreateAsync([null]);
        using var digester = new AliasDigester(TestWorkspace.Secret);
        await FillAsync(stage, FillSql, 20_000);
        var expected = await KeepAllAsync(stage, digester);
        var bodies = new QuarantinedBodyStore(stage.Database, stage.Seal);

        (await FoundAsync(bodies, digester)).ShouldBe(expected, ignoreOrder: true);
        bodies.Opened.ShouldBe(2, "the person's national number, and another person's number with the same ending");
    }

    [Fact]
    public async Task A_body_too_large_for_the_index_is_still_found_and_one_that_does_not_open_is_skipped()
    {
        await using var stage = await TestWorkspace.CreateAsync([null]);
        using var digester = new AliasDigester(TestWorkspace.Secret);
        var words = string.Join(' ', Enumerable.Range(0, 2_000).Select(n => $"word{n}"));
        var large = await KeepAsync(stage, new BodyMentions(digester), $"{words} {Email}");
        await FillAsync(stage, FillSql, 1);
        await stage.ExecuteAsync("update quarantine set mention_state = 2 where cipher = '\\x00'");

        (await FoundAsync(new QuarantinedBodyStore(stage.Database, stage.Seal), digester)).ShouldBe([large]);
    }

    [Fact]
    public async Task Neither_quarantine_nor_aliases_nor_vault_are_read_completely()
    {
        await using var stage = await TestWorkspace.CreateAsync([null]);
        await FillAsync(stage, FillSql, 20_000);
        await FillAsync(stage, FillPeopleSql, 20_000);
        await stage.ExecuteAsync("analyze");
        await using var query = await stage.Database.Query.OpenConnectionAsync();
        await using var hot = await stage.Database.Hot.OpenConnectionAsync();

        var mentioning = await ExplainAsync(query, SqlConstants.All["QuarantinedBodyStore.MentioningSql"], [Ids("x", "y"), Ids("x")]);
        mentioning.ShouldContain("Bitmap Index Scan on quarantine_mentions");
        var unindexed = await ExplainAsync(hot, SqlConstants.All["QuarantinedBodyStore.UnindexedSql"], [Guid.Empty, 50]);
        unindexed.ShouldContain("quarantine_unindexed");
        (await ExplainAsync(hot, SqlConstants.All["QuarantinedBodyStore.BodiesSql"], [Ids("x")])).ShouldContain(
            "Index Scan using quarantine_pkey"
        );
        var aliases = await ExplainAsync(hot, SqlConstants.All["ErasureSql.AliasesOf"], [Ids("x")]);
        aliases.ShouldContain("person_aliases_anchor");
        aliases.ShouldContain("person_aliases_owner");
        var reached = await ExplainAsync(hot, SqlConstants.All["ErasureSql.OnceReached"], [Ids("x"), Ids("y")]);
        reached.ShouldContain("vault_email");
        reached.ShouldContain("vault_phone");
        foreach (var plan in new[] { mentioning, unindexed, aliases, reached })
        {
            plan.ShouldNotContain("Seq Scan");
        }
    }

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "erasure")]
    public async Task With_a_million_entries_an_export_and_an_erasure_take_less_than_five_seconds_each()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await using (
            var owner = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(host.Database) { SearchPath = "ws_default", CommandTimeout = 600 }.ConnectionString
            )
        )
        {
            foreach (var sql in new[] { FillSql.Replace("$1", "1000000"), FillPeopleSql.Replace("$1", "1000000"), "analyze" })
            {
                await using var fill = owner.CreateCommand(sql);
                await fill.ExecuteNonQueryAsync();
            }
        }

        (await host.SendEventAsync("ann", Email)).Status.ShouldBe(200);
        (await host.PostAsync("{\"broken\": \"" + Email)).Status.ShouldBe(422);
        await host.WaitUntilQuietAsync();

        var since = Stopwatch.GetTimestamp();
        var export = await host.AskAsync("/v1/people/export", new { customer_id = "ann" });
        export.Json.GetProperty("quarantined").GetArrayLength().ShouldBe(1);
        CheckSeconds("the export", since);

        since = Stopwatch.GetTimestamp();
        var erasure = (await host.EraseAsync(new { customer_id = "ann" })).Id();
        await host.ErasedAsync(erasure);
        CheckSeconds("the erasure", since);
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(1_000_000);
    }

    private void CheckSeconds(string operation, long since)
    {
        var taken = Stopwatch.GetElapsedTime(since);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{operation} beside 1,000,000 entries of the quarantine: {taken.TotalSeconds:0.00} s"
            )
        );
        taken.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    // Returns the entries that name the person.
    private static async Task<List<Guid>> KeepAllAsync(TestWorkspace stage, AliasDigester digester)
    {
        var mentions = new BodyMentions(digester);
        await KeepAsync(stage, mentions, """{"person":{"email":"bob@example.com"}}""");
        await KeepAsync(stage, mentions, """{"person":{"phone":"+1 202 590 0190"}}""");
        return
        [
            await KeepAsync(stage, mentions, "{\"broken\": \"" + Email),
            await KeepAsync(stage, mentions, JsonSerializer.Serialize(new { person = new { email = Email } })),
            await KeepAsync(stage, mentions, JsonSerializer.Serialize(new { person = new { phone = Phone } })),
        ];
    }

    private static async Task<Guid> KeepAsync(TestWorkspace stage, BodyMentions mentions, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var entry = new QuarantineEntry(
            Guid.CreateVersion7(),
            "test",
            Refused: true,
            "malformed_json",
            "",
            null,
            null,
            TestWorkspace.Start,
            bytes.Length,
            stage.Seal.Seal(TestWorkspace.Start, bytes)
        )
        {
            Texts = mentions.Of(bytes, ""),
        };
        var log = stage.OpenLog();
        await log.AppendAsync([new PendingRequest([], [entry], default, TestWorkspace.Start)], default);
        return entry.Id;
    }

    private static async Task<List<Guid>> FoundAsync(QuarantinedBodyStore bodies, AliasDigester digester)
    {
        HashSet<AliasDigest> aliases =
        [
            digester.Digest(IdentifierKind.Email, AliasText.Email(Email)!).Digest,
            digester.Digest(IdentifierKind.Phone, AliasText.Phone(Phone, "GB")!).Digest,
        ];
        var found = new List<Guid>();
        await foreach (var entry in bodies.NamingAsync(new BodySearch(aliases, ["", "GB"], [Phone], digester), default))
        {
            found.Add(entry.Id);
        }

        return found;
    }

    private static Task FillAsync(TestWorkspace stage, string sql, int rows) =>
        stage.ExecuteAsync(sql.Replace("$1", rows.ToString(CultureInfo.InvariantCulture)));

    private static Guid[] Ids(params string[] names) =>
        [.. names.Select(name => new Guid(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name))[..16]))];

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string sql, object[] parameters)
    {
        await using var command = new NpgsqlCommand("explain " + sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }
}
