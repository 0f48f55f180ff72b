using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Workspaces;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Exposures;

public sealed class ExposurePagesTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Rows_and_spells_are_those_of_an_independent_search_in_any_page_size_with_a_kill_after_each_page()
    {
        var random = Seeded.Random(output);
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7), null);
        var (stage, history) = (new ExposureStage(workspace), new ExposureHistory(workspace, random));
        await history.BindAsync();
        var lease = await stage.ClaimAsync("host");
        for (var part = 0; part < 4; part++)
        {
            await history.AppendAsync(batches: 15);
            await (
                part % 2 == 0
                    ? stage.PagesOneByOneAsync(lease, () => random.Next(1, 30))
                    : stage.RoundAsync(lease, rows: random.Next(1, 400))
            );
            await history.VerifyAsync($"part {part}");
        }

        workspace.Clock.Advance(TimeSpan.FromDays(30));
        await stage.RoundAsync(lease, rows: 7);
        await history.VerifyAsync("after every window");
        output.WriteLine($"{await workspace.AskAsync<long>("select count(*) from exposure_log")} rows");
    }

    [Fact]
    public async Task A_host_that_lost_the_lease_writes_nothing()
    {
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        var stage = new ExposureStage(workspace);
        await workspace.OpenLog().AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("a", TestWorkspace.Start, "ann"))], default);
        var lost = await stage.ClaimAsync("host");
        var pages = stage.Pages(100);
        await pages.OpenAsync(default);
        await stage.Leases("host").ReleaseAsync(lost, default);
        var lease = await stage.ClaimAsync("other");
        await Should.ThrowAsync<LeaseLostException>(() => pages.LogAsync(lost, default));
        (await workspace.AskAsync<long>("select count(*) from exposure_log")).ShouldBe(0);
        await stage.RoundAsync(lease);
        (await workspace.AskAsync<long>("select count(*) from exposure_log")).ShouldBe(1);
    }

    [Fact]
    public async Task A_version_that_inherits_has_a_spell_for_each_member_once_in_any_page_size()
    {
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        var stage = new ExposureStage(workspace);
        var log = workspace.OpenLog();
        var at = TestWorkspace.Start;
        await log.AppendAsync(
            [
                TestWebhooks.Request([
                    .. Enumerable.Range(0, 25).Select(n => workspace.Webhooks.Add($"a{n}", at, $"c{n}")),
                    .. Enumerable.Range(0, 5).Select(n => workspace.Webhooks.Remove($"r{n}", at.AddMinutes(1), $"c{n}")),
                ]),
            ],
            default
        );
        var registry = new AudienceRegistry(new RegistryStore(workspace.Database, workspace.Clock));
        await registry.ExecuteAsync("k0", new PublishKey(2, new KeyTerms(7 * 24 * 3600) { Inherits = true }, "test", null), default);
        await workspace.Keys.ReloadAsync(default);
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("late", at.AddMinutes(2), "c1"))], default);

        var lease = await stage.ClaimAsync("host");
        await stage.PagesOneByOneAsync(lease, () => 4);
        (await CountAsync(workspace, "k0_v2", "eligible", "key_promoted")).ShouldBe(20);
        (await CountAsync(workspace, "k0_v2", "eligible", "journey_add")).ShouldBe(1, "the add after the publication counts for both");
        (await CountAsync(workspace, "k0_v1", "eligible", "journey_add")).ShouldBe(26);
        (await workspace.AskAsync<long>("select count(*) from exposure_takeovers")).ShouldBe(0);
    }

    [Fact]
    public async Task Links_are_hmacs_under_the_tenants_key_and_another_key_replaces_them()
    {
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        var stage = new ExposureStage(workspace);
        var (first, second) = (new byte[32], Enumerable.Repeat((byte)7, 32).ToArray());
        await workspace
            .OpenLog()
            .AppendAsync(
                [
                    TestWebhooks.Request(
                        workspace.Webhooks.Add("a", TestWorkspace.Start, email: "ann@shop.example"),
                        workspace.Webhooks.Add("b", TestWorkspace.Start, "ann", "ann@shop.example"),
                        workspace.Webhooks.Add("c", TestWorkspace.Start, email: "nobody@shop.example")
                    ),
                ],
                default
            );
        var lease = await stage.ClaimAsync("host");
        await stage.RoundAsync(lease);
        (await LinksAsync(workspace)).ShouldBeEmpty("there is no key");
        await stage.RoundAsync(lease, linkKey: first);
        (await LinksAsync(workspace)).ShouldBe(
            Enumerable.Repeat(Hmac(first, "ann"), 2),
            "a row for each token of the person, none for who has no customer id"
        );
        await stage.RoundAsync(lease, linkKey: second);
        (await LinksAsync(workspace)).ShouldBe(Enumerable.Repeat(Hmac(second, "ann"), 2));
        await stage.RoundAsync(lease);
        (await LinksAsync(workspace)).ShouldBeEmpty("the key is gone");
    }

    private static string Hmac(byte[] key, string customer) =>
        Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes(customer)));

    private static Task<List<string>> LinksAsync(TestWorkspace workspace) =>
        workspace.RowsAsync("select encode(customer_hmac, 'hex') from exposure_person_links");

    private static Task<long> CountAsync(TestWorkspace workspace, string key, string kind, string reason) =>
        workspace.AskAsync<long>(
            $"select count(*) from exposure_events where audience_key = '{key}' and kind = '{kind}' and reason = '{reason}'"
        );
}
