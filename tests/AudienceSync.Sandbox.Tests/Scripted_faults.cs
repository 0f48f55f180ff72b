using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Scripted_faults
{
    [Theory]
    [InlineData("throttle", 400, 80003, 2446079)]
    [InlineData("server_error", 500, 2, null)]
    [InlineData("error_in_200", 200, 1, null)]
    [InlineData("token_expired", 400, 190, 463)]
    public async Task A_scripted_error_is_returned_once_and_applies_nothing(string kind, int status, int code, int? subcode)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        var response = await sandbox.AddAsync(Email, [Hash("a")]);
        (response.Status, response.Code, response.Subcode).ShouldBe((status, code, subcode));
        response.Error.GetProperty("is_transient").GetBoolean().ShouldBe(kind is "throttle" or "server_error");
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
        (await sandbox.AddAsync(Email, [Hash("a")])).Json.GetProperty("num_received").GetInt32().ShouldBe(1);
        var totals = await sandbox.TotalsAsync("add");
        totals.GetProperty("faults").GetProperty(kind).GetInt64().ShouldBe(1);
        totals.GetProperty("budget_violations").GetInt64().ShouldBe(kind == "throttle" ? 1 : 0, "a scripted throttle states one minute");
    }

    [Fact]
    public async Task An_html_error_is_a_page_and_not_json()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "html_error", count = 1 });
        var response = await sandbox.AddAsync(Email, [Hash("a")]);
        response.Status.ShouldBe(502);
        response.Text.ShouldStartWith("<!DOCTYPE html>");
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("drop_before", 0)]
    [InlineData("drop_after", 1)]
    public async Task A_dropped_connection_is_an_exception_and_applied_only_when_dropped_after(string kind, int people)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        await Should.ThrowAsync<Exception>(() => sandbox.AddAsync(Email, [Hash("a")]));
        (await sandbox.PeopleAsync()).ShouldBe(people);
        var recent = (await sandbox.GetAsync("/admin/calls")).Json.GetProperty("recent")[0];
        recent.GetProperty("status").GetInt32().ShouldBe(0);
        recent.GetProperty("fault").GetString().ShouldBe(kind);
    }

    [Fact]
    public async Task A_delayed_call_waits_on_the_clock_and_then_applies()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(
            new
            {
                kind = "delay",
                delay_ms = 5_000,
                count = 1,
            }
        );
        var call = sandbox.AddAsync(Email, [Hash("a")]);
        await sandbox.Clock.WaitersAsync(1);
        (await sandbox.PeopleAsync()).ShouldBe(0);
        call.IsCompleted.ShouldBeFalse();
        sandbox.Clock.Advance(TimeSpan.FromSeconds(5));
        (await call).Status.ShouldBe(200);
        (await sandbox.PeopleAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_delayed_call_applies_even_when_the_client_has_disconnected()
    {
        // The in-memory server waits for the response even after a cancellation; only a real connection can be closed.
        await using var sandbox = await RunningSandbox.StartAsync(onRealPort: true);
        await sandbox.FaultAsync(
            new
            {
                kind = "delay",
                delay_ms = 5_000,
                count = 1,
            }
        );
        using var hangUp = new CancellationTokenSource();
        var body = $$$"""{"payload":{"schema":["EMAIL"],"data":[["{{{Hash("a")}}}"]]}}""";
        var call = sandbox.SendAsync(HttpMethod.Post, "/v25.0/238500000000001/users", body, hangUp: hangUp.Token);
        await sandbox.Clock.WaitersAsync(1);
        await hangUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        sandbox.Clock.Advance(TimeSpan.FromSeconds(5));

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await sandbox.PeopleAsync() == 0)
        {
            timeout.Token.ThrowIfCancellationRequested();
        }

        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("a")]);
    }

    [Fact]
    public async Task Invalid_rows_marks_the_first_row_and_applies_the_others()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "invalid_rows", count = 1 });
        var response = await sandbox.AddAsync(EmailAndPhone, [Hash("a"), Hash("1")], [Hash("b"), Hash("2")]);
        response.Invalid.ShouldBe(1);
        response.Samples.TryGetProperty("0", out _).ShouldBeTrue();
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("b")]);
        (await sandbox.PeopleAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_rule_matches_only_its_audience_and_operation_and_only_count_times()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "server_error", audience = RunningSandbox.OtherAudience });
        await sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                operation = "remove",
                count = 2,
            }
        );
        (await sandbox.AddAsync(Email, [Hash("a")])).Status.ShouldBe(200);
        (await sandbox.RemoveAsync(Email, [Hash("a")])).Status.ShouldBe(500);
        (await sandbox.RemoveAsync(Email, [Hash("a")])).Status.ShouldBe(500);
        (await sandbox.RemoveAsync(Email, [Hash("a")])).Status.ShouldBe(200);
        (await sandbox.UsersAsync(HttpMethod.Post, Email, Array.Empty<object>(), RunningSandbox.OtherAudience)).Status.ShouldBe(500);
        var rules = (await sandbox.GetAsync("/admin/faults")).Json;
        rules[0].GetProperty("fired").GetInt32().ShouldBe(1);
        rules[1].GetProperty("remaining").GetInt32().ShouldBe(0);
        await sandbox.SendAsync(HttpMethod.Delete, "/admin/faults", null);
        (await sandbox.GetAsync("/admin/faults")).Json.GetArrayLength().ShouldBe(0);
        (await sandbox.UsersAsync(HttpMethod.Post, Email, Array.Empty<object>(), RunningSandbox.OtherAudience)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Random_faults_are_reproduced_by_their_seed()
    {
        async Task<string> Pattern()
        {
            await using var sandbox = await RunningSandbox.StartAsync();
            await sandbox.FaultAsync(
                new
                {
                    kind = "server_error",
                    probability = 0.5,
                    seed = 7,
                }
            );
            var seen = "";
            for (var call = 0; call < 40; call++)
            {
                seen += (await sandbox.AddAsync(Email, [Hash("a")])).Status == 200 ? '.' : 'x';
            }

            return seen;
        }

        var first = await Pattern();
        first.ShouldContain('x');
        first.ShouldContain('.');
        (await Pattern()).ShouldBe(first);
    }

    [Theory]
    [InlineData("""{"kind":"delay"}""", "invalid_fault")]
    [InlineData("""{"kind":"throttle","count":0}""", "invalid_fault")]
    [InlineData("""{"kind":"throttle","probability":1.5}""", "invalid_fault")]
    [InlineData("""{"kind":"earthquake"}""", "invalid_body")]
    [InlineData("""{"kind":"throttle","operation":"read"}""", "invalid_body")]
    [InlineData("""{"kind":"throttle","unknown":1}""", "invalid_body")]
    [InlineData("""{}""", "invalid_body")]
    public async Task An_invalid_rule_is_refused(string body, string code)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.SendAsync(HttpMethod.Post, "/admin/faults", body);
        response.Status.ShouldBe(400);
        response.Json.GetProperty("code").GetString().ShouldBe(code);
    }
}
