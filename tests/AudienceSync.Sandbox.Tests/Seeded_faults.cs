using System.Text.Json;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Seeded_faults
{
    [Fact]
    public async Task The_same_seed_generates_the_same_fault_periods_and_another_seed_generates_others()
    {
        var first = await DrawAsync(42);
        first.ShouldBe(await DrawAsync(42));
        first.ShouldNotBe(await DrawAsync(43));
        var rules = JsonSerializer.Deserialize<JsonElement>(first).EnumerateArray().ToList();
        rules.Select(rule => rule.GetProperty("platform").GetString()).Distinct().Count().ShouldBeGreaterThanOrEqualTo(3);
        rules.Select(rule => rule.GetProperty("kind").GetString()).Distinct().Count().ShouldBeGreaterThanOrEqualTo(8);
        rules.ShouldAllBe(rule => rule.GetProperty("kind").GetString() != "silent_drop" && rule.GetProperty("kind").GetString() != "ban");
    }

    [Fact]
    public async Task Fault_periods_of_a_platform_do_not_depend_on_the_other_selected_platforms()
    {
        static string[] OfMeta(string rules) =>
            [
                .. JsonSerializer
                    .Deserialize<JsonElement>(rules)
                    .EnumerateArray()
                    .Where(rule => rule.GetProperty("platform").GetString() == "meta")
                    .Select(rule => $"{rule.GetProperty("from")} {rule.GetProperty("kind")}"),
            ];
        OfMeta(await DrawAsync(42, "\"meta\"")).ShouldBe(OfMeta(await DrawAsync(42)));
    }

    [Fact]
    public async Task There_are_no_faults_after_the_end()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var until = sandbox.Clock.GetUtcNow().AddHours(2);
        var drawn = await SeedAsync(
            sandbox,
            new
            {
                seed = 5,
                until,
                every_s = 60,
                kinds = new[] { "server_error" },
                platforms = new[] { "meta" },
            }
        );
        drawn.Json.EnumerateArray().ShouldAllBe(rule => rule.GetProperty("until").GetDateTimeOffset() <= until);
        var refused = 0;
        while (sandbox.Clock.GetUtcNow() < until)
        {
            refused += (await sandbox.AddAsync(Email, [Hash("a")])).Status == 200 ? 0 : 1;
            sandbox.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        refused.ShouldBeGreaterThan(10);
        for (var call = 0; call < 50; call++)
        {
            (await sandbox.AddAsync(Email, [Hash("a")])).Status.ShouldBe(200);
        }
    }

    [Theory]
    [InlineData("""{"seed":1,"until":"2001-01-01T00:00:00Z"}""", "invalid_fault")]
    [InlineData("""{"seed":1,"until":"2030-01-01T00:00:00Z","every_s":0}""", "invalid_fault")]
    [InlineData("""{"seed":1,"until":"2030-01-01T00:00:00Z","every_s":1}""", "invalid_fault")]
    [InlineData("""{"seed":1,"until":"2023-10-16T00:00:00Z","platforms":["myspace"]}""", "invalid_fault")]
    [InlineData("""{"seed":1,"until":"2023-10-16T00:00:00Z","kinds":[]}""", "invalid_fault")]
    [InlineData("""{"until":"2030-01-01T00:00:00Z"}""", "invalid_body")]
    public async Task An_invalid_request_is_refused(string request, string code)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/faults/seeded", request)).Json.GetProperty("code").GetString().ShouldBe(code);
        (await sandbox.GetAsync("/admin/faults")).Json.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_rule_is_active_between_its_start_and_its_end()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var now = sandbox.Clock.GetUtcNow();
        await sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                from = now.AddMinutes(1),
                until = now.AddMinutes(2),
            }
        );
        async Task<int> StatusAsync() => (await sandbox.AddAsync(Email, [Hash("a")])).Status;
        (await StatusAsync()).ShouldBe(200);
        sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        (await StatusAsync()).ShouldBe(500);
        sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        (await StatusAsync()).ShouldBe(200);
    }

    [Fact]
    public async Task Lists_are_edited_and_deleted_by_a_rule_or_through_the_admin_api()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(Email, [Hash("a")], [Hash("b")]);
        await sandbox.FaultAsync(
            new
            {
                kind = "human_edit",
                count = 1,
                seed = 3,
            }
        );
        await sandbox.AddAsync(Email, [Hash("c")]);
        var held = await sandbox.HeldAsync("EMAIL");
        held.Length.ShouldBe(3, "one member was removed, an unknown one was added, and the call itself took effect");
        held.ShouldContain(Hash("c"));
        held.Except([Hash("a"), Hash("b"), Hash("c")]).Count().ShouldBe(1);

        var list = $"/admin/lists/{RunningSandbox.Audience}";
        var edit = JsonSerializer.Serialize(new { EMAIL = Enumerable.Range(0, 300).Select(n => Hash($"by hand {n}")) });
        (await sandbox.SendAsync(HttpMethod.Post, list + "/digests", edit)).Json.GetProperty("added").GetInt32().ShouldBe(300);
        (await sandbox.PeopleAsync()).ShouldBe(303);
        (await sandbox.SendAsync(HttpMethod.Delete, list, null)).Status.ShouldBe(204);
        (await sandbox.AddAsync(Email, [Hash("a")])).Subcode.ShouldBe(33);
    }

    private static async Task<string> DrawAsync(int seed, string? platforms = null)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var until = sandbox.Clock.GetUtcNow().AddDays(2).ToString("O");
        var only = platforms is null ? "" : $",\"platforms\":[{platforms}]";
        return (
            await sandbox.SendAsync(HttpMethod.Post, "/admin/faults/seeded", $$"""{"seed":{{seed}},"until":"{{until}}"{{only}}}""")
        ).Text;
    }

    private static Task<Response> SeedAsync(RunningSandbox sandbox, object request) =>
        sandbox.SendAsync(HttpMethod.Post, "/admin/faults/seeded", JsonSerializer.Serialize(request));
}
