using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>The whole life cycle of a master key, with webhooks before, during and after.</summary>
public sealed class RotatingHostTests : IAsyncLifetime
{
    private const int People = 30;

    private static readonly string First = $"1:{Convert.ToBase64String(TestWorkspace.Secret)}";
    private static readonly string Second = $"2:{Convert.ToBase64String(Ring.Secret(2))}";

    private readonly OffsetClock _clock = new(Sample.Now);
    private readonly List<string> _lines = [];
    private TestPlatform _platform = null!;
    private TestHostOptions _options = null!;

    public async Task InitializeAsync()
    {
        var options = new TestHostOptions { Clock = _clock, Audiences = [new("high_intent_cart_7d", null)] };
        _platform = await TestPlatform.StartAsync([TestHost.Remote(0)], _clock);
        _options = options with { Platform = _platform, Database = await Postgres.PostgresCluster.CreateDatabaseAsync() };
    }

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_key_is_added_rotated_to_and_the_old_one_removed_and_every_person_stays_the_same()
    {
        Dictionary<int, string> people;
        await using (var host = await StartAsync(First))
        {
            await PostAsync(host, Enumerable.Range(0, People).Select(n => Event("audience_add", n, "again")));
            await host.WaitUntilQuietAsync();
            people = await FindAllAsync(host);
            await KeepAsync(host);
        }

        await using (var host = await StartAsync($"{First}\n{Second}"))
        {
            await PostAsync(host, Enumerable.Range(0, People).Select(n => Event("audience_add", n, "again")));
            await WaitUntilRotatedAsync(host);
            (await FindAllAsync(host)).ShouldBe(people, ignoreOrder: true);
            (await host.ScalarAsync<long>("select count(*) from vault where key_version <> 2")).ShouldBe(0);
            (await host.ScalarAsync<long>("select count(*) from wrapped_secrets where key_version <> 2")).ShouldBe(0);
            host.LogLines.ShouldContain(line => line.Contains("Key rotation is done"));
            await KeepAsync(host);
        }

        (await Should.ThrowAsync<SetupException>(() => StartAsync(Second))).Code.ShouldBe(
            "master_key_absent",
            "bodies are still sealed under the first key"
        );
        _clock.Advance(TimeSpan.FromDays(BodyPartitionStore.RetentionDays + 1));
        await using (var host = await StartAsync($"{First}\n{Second}"))
        {
            await KeepAsync(host);
        }

        await using (var host = await StartAsync(Second))
        {
            (await FindAllAsync(host)).ShouldBe(people, ignoreOrder: true);
            (await _platform.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe(People);
            await PostAsync(host, Enumerable.Range(0, People).Select(n => Event("audience_remove", n)));
            await host.WaitUntilQuietAsync();
            (await _platform.HeldAsync(TestHost.Remote(0), "EMAIL")).ShouldBeEmpty(
                "a removal needs the identifiers that were sealed under the first key"
            );
            await KeepAsync(host);
        }

        ShouldNotHoldASecret(_lines);
    }

    [Fact]
    public async Task A_running_host_sweeps_its_vault_again_on_request()
    {
        await using var host = await StartAsync($"{First}\n{Second}");
        await WaitUntilRotatedAsync(host);

        host.Server.Workspaces["default"].Get<KeyRotationLoop>().Ask();

        await Deadline.UntilAsync(
            async () => await host.ScalarAsync<int>("select passes from key_rotations") >= 2,
            () => "a second pass through the vault"
        );
    }

    [Fact]
    public async Task With_one_version_there_is_nothing_to_rotate()
    {
        await using var host = await StartAsync(First);
        await PostAsync(host, [Event("audience_add", 1)]);
        await host.WaitUntilQuietAsync();

        (await host.ScalarAsync<long>("select count(*) from key_rotations")).ShouldBe(0);
    }

    private Task<TestHost> StartAsync(string masterKeys) => TestHost.StartAsync(_options with { MasterKeys = masterKeys });

    // The lines of the log, and everything that is in the database while this Host runs.
    private async Task KeepAsync(TestHost host)
    {
        _lines.AddRange(host.LogLines);
        (await DatabaseText.ReadAsync(host)).ShouldHoldNone(new[] { TestWorkspace.Secret, Ring.Secret(2) }.Select(Convert.ToBase64String));
        _lines.Add((await DatabaseText.ReadAsync(host)).Text);
    }

    private static void ShouldNotHoldASecret(List<string> lines)
    {
        lines.Count.ShouldBeGreaterThan(50, "otherwise nothing was captured");
        foreach (var secret in new[] { TestWorkspace.Secret, Ring.Secret(2) })
        {
            foreach (var form in new[] { Convert.ToBase64String(secret), Convert.ToHexString(secret) })
            {
                lines.Where(line => line.Contains(form, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
            }
        }
    }

    private static Task WaitUntilRotatedAsync(TestHost host) =>
        Deadline.UntilAsync(
            async () =>
                await host.ScalarAsync<long>("select count(*) from key_rotations where to_version = 2 and finished_at is not null") > 0,
            () => "the end of the rotation"
        );

    private static async Task PostAsync(TestHost host, IEnumerable<JsonNode?> events)
    {
        var answer = await host.PostAsync(Sample.Array(events));
        answer.Status.ShouldBe(200, answer.Text);
    }

    private static JsonObject Event(string kind, int person, string? customer = null)
    {
        var identifiers = new JsonObject { ["email"] = $"{person}@shop.example" };
        if (customer is not null)
        {
            identifiers["customer_id"] = $"{customer}-{person}";
        }

        var sample = Sample.Of(identifiers);
        sample["event"] = kind;
        sample["occurred_at"] = kind == "audience_add" ? "2026-11-21T09:20:11.123Z" : "2026-11-21T09:25:00Z";
        return sample;
    }

    // Looks up the person of each address.
    private static async Task<Dictionary<int, string>> FindAllAsync(TestHost host)
    {
        var found = new Dictionary<int, string>();
        for (var n = 0; n < People; n++)
        {
            using var response = await host.Operator.PostAsJsonAsync("/v1/members/lookup", new { email = $"{n}@shop.example" });
            var answer = await Answer.ReadAsync(response);
            answer.Status.ShouldBe(200, answer.Text);
            found[n] = answer.Json.GetProperty("person").GetString()!;
        }

        return found;
    }
}
