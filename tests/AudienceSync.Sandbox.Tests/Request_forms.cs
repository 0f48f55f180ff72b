using System.Text.Json;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Request_forms
{
    private const string Users = "/v25.0/238500000000001/users";
    private static readonly string Payload = $$"""{"schema":["EMAIL"],"data":[["{{Hash("a")}}"]]}""";

    [Fact]
    public async Task A_form_is_read_like_json()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Users);
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["payload"] = Payload, ["access_token"] = "token-1" });
        (await sandbox.SendAsync(request)).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("a")]);
    }

    [Fact]
    public async Task A_multipart_form_is_read_like_json()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Users);
        request.Content = new MultipartFormDataContent
        {
            { new StringContent(Payload), "payload" },
            { new StringContent("token-1"), "access_token" },
        };
        (await sandbox.SendAsync(request)).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("a")]);
    }

    [Theory]
    [InlineData("?method=delete", "")]
    [InlineData("?method=DELETE", "")]
    [InlineData("", ",\"method\":\"delete\"")]
    public async Task A_post_with_method_delete_removes_where_a_switch_allows_it(string query, string member)
    {
        await using (var strict = await RunningSandbox.StartAsync())
        {
            await strict.AddAsync(Email, [Hash("a")]);
            (await strict.SendAsync(HttpMethod.Post, Users + query, $$"""{"payload":{{Payload}}{{member}}}""")).Code.ShouldBe(100);
            (await strict.HeldAsync("EMAIL")).ShouldBe([Hash("a")]);
        }

        await using var sandbox = await RunningSandbox.StartAsync(methodOverride: true);
        await sandbox.AddAsync(Email, [Hash("a")]);
        (await sandbox.SendAsync(HttpMethod.Post, Users + query, $$"""{"payload":{{Payload}}{{member}}}""")).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
        (await sandbox.TotalsAsync("remove")).GetProperty("calls").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("POST", "users", """{"payload":{"schema":["EMAIL"],"data":[]},"id":"238500000000001","fields":"id,name"}""", 200)]
    [InlineData("DELETE", "users", """{"payload":{"schema":["EMAIL"],"data":[]},"id":"238500000000001","fields":"id"}""", 200)]
    [InlineData("DELETE", "users", """{"payload":{"schema":["EMAIL"],"data":[]},"method":"delete"}""", 200)]
    [InlineData("POST", "users", """{"payload":{"schema":["EMAIL"],"data":[]},"id":"238500000000002"}""", 400)]
    [InlineData("DELETE", "users", """{"payload":{"schema":["EMAIL"],"data":[]},"method":"post"}""", 400)]
    [InlineData(
        "POST",
        "usersreplace",
        """{"payload":{"schema":["EMAIL"],"data":[]},"id":"238500000000001","fields":"id","session":{"session_id":1,"batch_seq":1,"last_batch_flag":true}}""",
        200
    )]
    [InlineData(
        "POST",
        "usersreplace",
        """{"payload":{"schema":["EMAIL"],"data":[]},"id":"5","session":{"session_id":1,"batch_seq":1,"last_batch_flag":true}}""",
        400
    )]
    public async Task The_id_of_the_node_and_the_fields_to_read_may_be_repeated_in_a_write(
        string method,
        string edge,
        string body,
        int status
    )
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.SendAsync(new HttpMethod(method), $"/v27.0/238500000000001/{edge}", body)).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("EMAIL_SHA256", "EMAIL")]
    [InlineData("PHONE_SHA256", "PHONE")]
    public async Task A_string_schema_accepts_flat_and_one_cell_rows(string schema, string key)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.UsersAsync(HttpMethod.Post, schema, new object[] { Hash("a"), new[] { Hash("b") } });
        response.Json.GetProperty("num_received").GetInt32().ShouldBe(2);
        (await sandbox.HeldAsync(key)).Length.ShouldBe(2);
    }

    [Fact]
    public async Task The_form_that_filled_an_audience_binds_it()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(Email, [Hash("a")]);
        (await sandbox.UsersAsync(HttpMethod.Post, "EMAIL_SHA256", new[] { Hash("b") })).Code.ShouldBe(2650);
        (await sandbox.UsersAsync(HttpMethod.Delete, "EMAIL_SHA256", new[] { Hash("a") })).Code.ShouldBe(2650);
        (await sandbox.UsersAsync(HttpMethod.Post, "EMAIL_SHA256", new[] { Hash("b") }, RunningSandbox.OtherAudience)).Status.ShouldBe(200);
        (await sandbox.UsersAsync(HttpMethod.Post, Email, new[] { new[] { Hash("c") } }, RunningSandbox.OtherAudience)).Code.ShouldBe(2650);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("a")]);
    }

    [Theory]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]},"unknown":1}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[],"unknown":1}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[],"data":[]}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]},"payload":{}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL_SHA256"],"data":[]}}""")]
    [InlineData("""{"payload":{"schema":["email"],"data":[]}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL","EMAIL"],"data":[]}}""")]
    [InlineData("""{"payload":{"schema":[],"data":[]}}""")]
    [InlineData("""{"payload":{"schema":"LOOKALIKE_VALUE","data":[]}}""")]
    [InlineData("""{"payload":{"schema":5,"data":[]}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL","PHONE"],"data":[[""]]}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[["",""]]}}""")]
    [InlineData("""{"payload":{"data":[["",""]],"schema":["EMAIL"]}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[""]}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":{}}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"]}}""")]
    [InlineData("""{"payload":{"data":[]}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[],"is_raw":"yes"}}""")]
    [InlineData("""{"payload":{"schema":["EXTERN_ID"],"data":[["\ud800"]]}}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"payload":[]}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]}} trailing""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]},"session":{"session_id":0,"batch_seq":1,"last_batch_flag":true}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]},"session":{"session_id":1,"batch_seq":0,"last_batch_flag":true}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]},"session":{"session_id":1,"batch_seq":1}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]},"session":{"session_id":1,"batch_seq":1,"last_batch_flag":true,"x":1}}""")]
    [InlineData("""{"payload":{"schema":["EMAIL"],"data":[]},"method":"put"}""")]
    public async Task Anything_not_in_the_contract_is_refused(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.SendAsync(HttpMethod.Post, Users, body);
        response.Status.ShouldBe(400);
        response.Code.ShouldBe(100);
        response.Error.GetProperty("type").GetString().ShouldBe("OAuthException");
        response.Error.GetProperty("message").GetString().ShouldStartWith("(#100)");
        response.Error.GetProperty("fbtrace_id").GetString().ShouldNotBeNullOrEmpty();
        (await sandbox.TotalsAsync("add")).GetProperty("refused").GetProperty("100").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task An_invalid_row_at_the_end_applies_nothing()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.AddAsync(Email, [Hash("a")], [Hash("b"), ""])).Code.ShouldBe(100);
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ten_thousand_and_one_rows_are_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.AddAsync(Email, [.. Enumerable.Repeat(new object[] { "" }, 10_001)])).Code.ShouldBe(100);
        (await sandbox.AddAsync(Email, [.. Enumerable.Repeat(new object[] { "" }, 10_000)])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Every_optional_field_of_the_contract_is_accepted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        const string Body = """
            {"payload":{"is_raw":true,"app_ids":["1"],"page_ids":[],"ig_account_ids":[],"data_source":{"type":"FILE_IMPORTED"},
            "schema":["EMAIL"],"data":[]},"namespace":"x","customer_consent":true}
            """;
        (await sandbox.SendAsync(HttpMethod.Post, Users, Body)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_session_counts_its_rows_and_late_batches_are_silently_ignored()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Task<Response> Batch(int seq, string value) =>
            sandbox.SendAsync(
                HttpMethod.Post,
                Users,
                JsonSerializer.Serialize(
                    new
                    {
                        payload = new { schema = Email, data = new[] { new[] { Hash(value) } } },
                        session = new
                        {
                            session_id = 9_007_199_254_740_993,
                            batch_seq = seq,
                            last_batch_flag = seq == 3,
                            estimated_num_total = 3,
                        },
                    }
                )
            );
        (await Batch(1, "a")).Json.GetProperty("num_received").GetInt64().ShouldBe(1);
        sandbox.Clock.Advance(TimeSpan.FromMinutes(89));
        var second = await Batch(2, "b");
        second.Json.GetProperty("num_received").GetInt64().ShouldBe(2);
        second.Json.GetProperty("session_id").GetString().ShouldBe("9007199254740993");
        sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Batch(3, "late")).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe(new[] { Hash("a"), Hash("b") }.Order(StringComparer.Ordinal));
    }
}
