using System.Text.Json;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

/// <summary>Contract meta 7 and 8.</summary>
public sealed class Replacing_members
{
    private static readonly string[] Schema = ["EMAIL"];

    [Fact]
    public async Task The_list_keeps_its_contents_until_the_last_batch_and_then_contains_the_sent_members()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(Schema, [Hash("a")], [Hash("b")]);
        (await ReplaceAsync(sandbox, 7, 1, last: false, Hash("b"))).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe(new[] { Hash("a"), Hash("b") }.Order());
        (await StatusAsync(sandbox)).ShouldBe(414);

        var last = await ReplaceAsync(sandbox, 7, 2, last: true, Hash("c"));

        last.Json.GetProperty("num_received").GetInt32().ShouldBe(2);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe(new[] { Hash("b"), Hash("c") }.Order());
        (await sandbox.PeopleAsync()).ShouldBe(2);
        (await StatusAsync(sandbox)).ShouldBe(200);
    }

    [Fact]
    public async Task A_running_replacement_blocks_adds_removes_and_other_replacements()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await ReplaceAsync(sandbox, 7, 1, last: false, Hash("b"));
        Refusal(await sandbox.AddAsync(Schema, [Hash("a")])).ShouldBe((2650, 1870145));
        Refusal(await sandbox.RemoveAsync(Schema, [Hash("a")])).ShouldBe((2650, 1870145));
        Refusal(await ReplaceAsync(sandbox, 8, 1, last: true, Hash("a"))).ShouldBe((2650, 1870145));
        Refusal(await ReplaceAsync(sandbox, 7, 1, last: true, Hash("a")))
            .ShouldBe((2650, 1870145), "the first batch may be sent only once");
        (await ReplaceAsync(sandbox, 7, 3, last: false, Hash("c"))).Status.ShouldBe(200);
        (await ReplaceAsync(sandbox, 7, 3, last: true, Hash("c"))).Status.ShouldBe(200);
        (await sandbox.AddAsync(Schema, [Hash("a")])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_batch_before_the_first_after_the_end_or_too_late_gets_its_own_error()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Refusal(await ReplaceAsync(sandbox, 7, 2, last: true, Hash("a"))).ShouldBe((2650, 1870147));
        await ReplaceAsync(sandbox, 7, 1, last: true, Hash("a"));
        Refusal(await ReplaceAsync(sandbox, 7, 1, last: true, Hash("a"))).ShouldBe((2650, 1870159));

        await ReplaceAsync(sandbox, 8, 1, last: false, Hash("b"));
        sandbox.Clock.Advance(TimeSpan.FromMinutes(90));
        (await StatusAsync(sandbox)).ShouldBe(415);
        Refusal(await ReplaceAsync(sandbox, 8, 2, last: true, Hash("b"))).ShouldBe((2650, 1870158));
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("a")]);
        (await ReplaceAsync(sandbox, 9, 1, last: true, Hash("b"))).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("b")]);
    }

    [Fact]
    public async Task A_replacement_needs_its_session_and_one_schema()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var without = await sandbox.SendAsync(
            HttpMethod.Post,
            Path,
            JsonSerializer.Serialize(new { payload = new { schema = Schema, data = new[] { new[] { Hash("a") } } } })
        );
        without.Code.ShouldBe(100);
        await ReplaceAsync(sandbox, 7, 1, last: false, Hash("a"));
        var other = new
        {
            payload = new { schema = new[] { "PHONE" }, data = new[] { new[] { Hash("a") } } },
            session = new
            {
                session_id = 7,
                batch_seq = 2,
                last_batch_flag = true,
            },
        };
        (await sandbox.SendAsync(HttpMethod.Post, Path, JsonSerializer.Serialize(other))).Code.ShouldBe(100);
    }

    [Fact]
    public async Task A_scripted_failure_keeps_the_previous_contents()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(Schema, [Hash("a")]);
        await ReplaceAsync(sandbox, 7, 1, last: false, Hash("b"));
        await sandbox.FaultAsync(
            new
            {
                kind = "replace_fails",
                operation = "replace",
                count = 1,
            }
        );
        Refusal(await ReplaceAsync(sandbox, 7, 2, last: true, Hash("c"))).ShouldBe((2650, 1870148));
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("a")]);
        (await StatusAsync(sandbox)).ShouldBe(415);
    }

    [Fact]
    public async Task An_erased_person_is_removed_from_every_list_and_from_a_running_replacement()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(Schema, [Hash("a")], [Hash("b")]);
        await sandbox.UsersAsync(HttpMethod.Post, Schema, new[] { new[] { Hash("a") } }, RunningSandbox.OtherAudience);
        await ReplaceAsync(sandbox, 7, 1, last: false, Hash("a"), Hash("c"));
        var body = JsonSerializer.Serialize(new { payload = new { schema = Schema, data = new[] { new[] { Hash("a") } } } });

        var response = await sandbox.SendAsync(HttpMethod.Delete, "/v25.0/act_1/usersofanyaudience", body);

        response.Json.GetProperty("num_received").GetInt32().ShouldBe(1);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("b")]);
        (await sandbox.HeldAsync("EMAIL", RunningSandbox.OtherAudience)).ShouldBeEmpty();
        await ReplaceAsync(sandbox, 7, 2, last: true, Hash("d"));
        (await sandbox.HeldAsync("EMAIL")).ShouldBe(new[] { Hash("c"), Hash("d") }.Order());
        (await sandbox.SendAsync(HttpMethod.Delete, "/v25.0/act_9/usersofanyaudience", body)).Subcode.ShouldBe(33);
    }

    private const string Path = $"/v25.0/{RunningSandbox.Audience}/usersreplace";

    private static Task<Response> ReplaceAsync(RunningSandbox sandbox, long session, int batch, bool last, params string[] digests) =>
        sandbox.SendAsync(
            HttpMethod.Post,
            Path,
            JsonSerializer.Serialize(
                new
                {
                    payload = new { schema = Schema, data = digests.Select(digest => new[] { digest }) },
                    session = new
                    {
                        session_id = session,
                        batch_seq = batch,
                        last_batch_flag = last,
                    },
                }
            )
        );

    private static async Task<int> StatusAsync(RunningSandbox sandbox) =>
        (await sandbox.GetAsync($"/v25.0/{RunningSandbox.Audience}?fields=operation_status"))
            .Json.GetProperty("operation_status")
            .GetProperty("code")
            .GetInt32();

    private static (int, int?) Refusal(Response response) => (response.Code, response.Subcode);
}
