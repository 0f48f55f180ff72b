using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Tests.EventStore.Embedded;
using AudienceSync.Host.Tests.Exposures;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using Npgsql;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>
/// A canary with every kind of identifier is delivered, erased, and searched for: in the files of this test's own database cluster, in the
/// logs, and in every response given since.
/// </summary>
/// <remarks>
/// The write-ahead log is not part of the store: checkpoints recycle its segments, which keep their old content until it is overwritten.
/// What was never written in plain text must not be in it either.
/// </remarks>
public sealed class NothingIsLeftTests : IDisposable
{
    private const string Email = "canary.person@example.com";
    private const string OldEmail = "canary.before@example.com";
    private const string Phone = "12025550147";
    private const string CustomerId = "canary-customer-4711";

    private readonly TemporaryFolder _folder = new();
    private readonly OffsetClock _clock = new(Sample.Now);
    private readonly List<string> _answers = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_an_erasure_nothing_of_the_canary_but_its_tombstones_is_in_files_logs_or_responses()
    {
        await using var server = await Clusters.StartAsync(_folder.Below("pg"));
        await using var host = await TestHost.StartAsync(
            ExposureSurfaceTests.WithExposures(new TestHostOptions { Clock = _clock, Database = server.ConnectionString })
        );
        await DeliverAsync(host);
        await ExposureSurfaceTests.WaitAsync(host);
        (await host.ScalarAsync<long>("select count(*) from exposure_person_links")).ShouldBeGreaterThan(0);
        var (clear, keyed) = (Clear(), Keyed(host));
        await ExecuteAsync(server, "analyze");
        await ExecuteAsync(server, "checkpoint");
        keyed.InFiles(_folder.Path, IsStore).Count.ShouldBeGreaterThanOrEqualTo(5, "otherwise the search would miss what is there");

        var export = await host.AskAsync("/v1/people/export", new { customer_id = CustomerId });
        clear.In(export.Text).ShouldContain("e-mail");
        var erasure = (await host.EraseAsync(new { customer_id = CustomerId })).Id();
        _answers.Add((await host.ErasedAsync(erasure, () => _clock.Advance(TimeSpan.FromSeconds(30)))).ToString());
        await AskAsync(host);
        var tombstone = await host.ScalarAsync<Guid>("select digest from tombstones order by digest limit 1");
        await ExecuteAsync(server, "vacuum full");
        await ExecuteAsync(server, "checkpoint");
        await host.StopAsync();

        clear.InFiles(_folder.Path, IsStore).ShouldBeEmpty();
        keyed.InFiles(_folder.Path, IsStore).ShouldBeEmpty();
        clear.InFiles(_folder.Path, file => !IsStore(file)).ShouldBeEmpty("never written in plain text");
        new Needles().Digest("tombstone", tombstone).InFiles(_folder.Path, IsStore).ShouldNotBeEmpty("the tombstone is what is left");
        foreach (var text in host.LogLines.Concat(_answers))
        {
            clear.In(text).Concat(keyed.In(text)).ShouldBeEmpty(text);
        }
    }

    // Everything in the cluster except the write-ahead log: tables, indexes, statistics, catalogs, and the server's own log.
    private static bool IsStore(string file) => !file.Split(Path.DirectorySeparatorChar).Contains("pg_wal");

    private async Task DeliverAsync(TestHost host)
    {
        var sent = new[] { (ErasureActions.FirstKey, OldEmail), (ErasureActions.FirstKey, Email), (ErasureActions.SecondKey, Email) };
        foreach (var (key, email) in sent)
        {
            var sample = Canary(email);
            sample["audience_key"] = key;
            (await host.PostAsync(Sample.Array([sample, Sample.Event()]))).Status.ShouldBe(200);
        }

        var held = Canary(Email);
        held["audience_key"] = "nobody_published_v1";
        (await host.PostAsync(held)).Status.ShouldBe(202);
        (await host.PostAsync("{\"broken\": \"" + Email)).Status.ShouldBe(422);
        await host.WaitUntilQuietAsync(meanwhile: () => _clock.Advance(TimeSpan.FromSeconds(30)));
        foreach (var remote in new[] { TestHost.Remote(0), TestHost.Remote(1) })
        {
            (await host.Sandbox.HeldAsync(remote, "PHONE")).Count.ShouldBe(1);
        }
    }

    private async Task AskAsync(TestHost host)
    {
        foreach (
            var (path, who) in new (string, object)[]
            {
                ("/v1/people/export", new { customer_id = CustomerId }),
                ("/v1/people/erasures", new { email = Email }),
                ("/v1/members/lookup", new { email = Email }),
            }
        )
        {
            _answers.Add((await host.AskAsync(path, who)).Text);
        }

        var members = $"/v1/audiences/{ErasureActions.FirstKey}/members";
        foreach (var path in new[] { "/v1/status", "/v1/quarantine", "/v1/people/erasures", members })
        {
            _answers.Add((await host.GetAsync(path)).ToString());
        }

        _answers.Add(await host.Operator.GetStringAsync("/v1/exposures"));
        var again = await host.PostAsync(Canary(Email));
        again.Code.ShouldBe("person_erased");
        _answers.Add(again.Text);
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
        foreach (var remote in new[] { TestHost.Remote(0), TestHost.Remote(1) })
        {
            (await host.Sandbox.HeldAsync(remote, "PHONE")).ShouldBeEmpty();
        }
    }

    private static JsonObject Canary(string email) =>
        Sample.Of(
            new JsonObject
            {
                ["customer_id"] = CustomerId,
                ["email"] = email,
                ["phone"] = "+1 (202) 555-0147",
                ["first_name"] = "Canaria",
                ["city"] = "Canaryville",
                ["device_id"] = "c0ffee00-cafe-4bad-8bad-0c0ffee0cafe",
            }
        );

    private static Needles Clear() =>
        new Needles()
            .Text("e-mail", Email)
            .Text("old e-mail", OldEmail)
            .Text("phone", Phone)
            .Text("phone with plus", "+" + Phone)
            .Text("customer id", CustomerId)
            .Text("first name", "Canaria")
            .Text("city", "Canaryville")
            .Text("device id", "c0ffee00-cafe-4bad-8bad-0c0ffee0cafe");

    private static Needles Keyed(TestHost host)
    {
        var digester = host.Server.Workspaces["default"].Get<AliasDigester>();
        return new Needles()
            .Digest("alias of the customer id", digester.Digest(IdentifierKind.CustomerId, AliasText.CustomerId(CustomerId)!).Digest.Value)
            .Bytes("link of the customer id", HMACSHA256.HashData(Bytes(ExposureSurfaceTests.LinkKey), Bytes(CustomerId)))
            .Digest("alias of the e-mail", digester.Digest(IdentifierKind.Email, AliasText.Email(Email)!).Digest.Value)
            .Digest("alias of the old e-mail", digester.Digest(IdentifierKind.Email, AliasText.Email(OldEmail)!).Digest.Value)
            .Digest("alias of the phone", digester.Digest(IdentifierKind.Phone, AliasText.Phone(Phone, "US")!).Digest.Value)
            .Digest(
                "digest of the details",
                digester
                    .Digest(
                        new PersonDetails
                        {
                            FirstName = "Canaria",
                            City = "Canaryville",
                            DeviceId = "c0ffee00-cafe-4bad-8bad-0c0ffee0cafe",
                        }
                    )
                    .Value
            );
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
