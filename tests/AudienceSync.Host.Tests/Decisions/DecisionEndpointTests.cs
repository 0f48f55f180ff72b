using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using Npgsql;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>What a journey is answered about a person, and when not.</summary>
public sealed class DecisionEndpointTests(DecisionHost given) : IClassFixture<DecisionHost>
{
    private const string Audience = "high_intent_cart_7d";

    private TestHost Host => given.Host;

    [Fact]
    public async Task Right_after_the_2xx_of_a_webhook_a_decision_counts_it_although_nothing_is_projected()
    {
        var person = Person();
        (await Host.DecideAsync(person, Audience)).GetProperty("known").GetBoolean().ShouldBeFalse();
        for (var n = 3; n > 0; n--)
        {
            await Host.AcceptAsync(DecisionStage.Event(Host, "audience_add", person, (2 * n) + 1));
            In(await Host.DecideAsync(person, Audience, Audience + "_v1")).ShouldBe((true, true));
            await Host.AcceptAsync(DecisionStage.Event(Host, "audience_remove", person, 2 * n));
            In(await Host.DecideAsync(person, Audience, Audience + "_v1")).ShouldBe((false, false));
        }

        var head = await Host.ScalarAsync<long>("select max(seq_id) from mt_events");
        (await Host.DecideAsync(person)).GetProperty("as_of_position").GetInt64().ShouldBeGreaterThanOrEqualTo(head);
        (await Host.ScalarAsync<long>("select last_seq_id from mt_event_progression where name = 'membership:All'")).ShouldBeLessThan(
            head,
            "otherwise the test shows nothing"
        );

        static (bool, bool) In(JsonElement answer) =>
            (answer.GetProperty("in_" + Audience).GetBoolean(), answer.GetProperty("in_" + Audience + "_v1").GetBoolean());
    }

    [Fact]
    public async Task Suppression_consent_and_their_ends_are_seen_at_once_under_any_identifier_of_the_person()
    {
        var (customer, email) = (Person(), new JsonObject { ["email"] = Sample.NewId() + "@example.com" });
        var both = new JsonObject { ["customer_id"] = customer["customer_id"]!.DeepClone(), ["email"] = email["email"]!.DeepClone() };
        await Host.AcceptAsync(DecisionStage.Event(Host, "audience_add", email, 9));
        var suppress = DecisionStage.Event(Host, "person_suppress", email, 8);
        suppress["reason"] = "asked by phone";
        await Host.AcceptAsync(suppress);
        (await Host.DecideAsync(customer)).GetProperty("known").GetBoolean().ShouldBeFalse("nothing links them yet");
        var consent = DecisionStage.Event(Host, "person_consent", both, 7);
        consent["consent"] = new JsonObject { ["ad_user_data"] = "granted", ["ad_personalization"] = "granted" };
        await Host.AcceptAsync(consent);

        foreach (var person in new[] { customer, email, both })
        {
            var answer = await Host.DecideAsync(person, Audience);
            answer.GetProperty("known").GetBoolean().ShouldBeTrue();
            answer.GetProperty("suppressed").GetBoolean().ShouldBeTrue();
            answer.GetProperty("suppressed_reason").GetString().ShouldBe("asked by phone");
            answer.GetProperty("consent_ads").GetBoolean().ShouldBeTrue();
            answer.GetProperty("in_" + Audience).GetBoolean().ShouldBeTrue("suppression is a field of its own");
        }

        await Host.AcceptAsync(DecisionStage.Event(Host, "person_unsuppress", customer, 6));
        var lifted = await Host.DecideAsync(email);
        lifted.GetProperty("suppressed").GetBoolean().ShouldBeFalse();
        lifted.GetProperty("suppressed_reason").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task An_answer_is_flat_and_has_every_field_also_for_somebody_unknown()
    {
        var answer = await Host.DecideAsync(Person());
        answer
            .EnumerateObject()
            .ShouldAllBe(field => field.Value.ValueKind != JsonValueKind.Object && field.Value.ValueKind != JsonValueKind.Array);
        answer
            .EnumerateObject()
            .Select(field => field.Name)
            .ShouldBe([
                "fallback",
                "known",
                "suppressed",
                "suppressed_reason",
                "consent_ads",
                "erased",
                "in_high_intent_cart_7d",
                "in_post_purchase_14d",
                "in_winback_45d",
                "email_deliverable",
                "email_undeliverable_reason",
                "sms_deliverable",
                "push_deliverable",
                "last_delivered_at",
                "last_click_at",
                "complaint_count",
                "unsubscribed",
                "as_of_position",
            ]);
        answer.GetProperty("fallback").GetBoolean().ShouldBeFalse();
        answer.GetProperty("email_deliverable").GetBoolean().ShouldBeTrue("nothing is known to the contrary");
    }

    [Fact]
    public async Task An_audience_that_nobody_published_does_not_break_the_branch()
    {
        var answer = await Host.DecideAsync(Person(), Audience, "not_published", "not_published_v3");
        answer.GetProperty("in_not_published").GetBoolean().ShouldBeFalse();
        answer.GetProperty("in_not_published_v3").GetBoolean().ShouldBeFalse();
        answer.GetProperty("unknown_audiences").GetString().ShouldBe("not_published,not_published_v3");
    }

    [Fact]
    public async Task A_source_receives_only_the_fields_that_it_may()
    {
        var answer = await Host.SendAsync(
            DecisionStage.Unsigned($"{{\"person\":{Person().ToJsonString()},\"audiences\":[\"{Audience}\"]}}")
        );
        answer.Json.EnumerateObject().Select(field => field.Name).ShouldBe(["fallback", "suppressed", "in_" + Audience]);
    }

    [Fact]
    public async Task A_response_to_a_webhook_has_the_fields_with_its_event_when_its_source_wants_them()
    {
        var person = Person();
        var accepted = await PostAsync(DecisionStage.Event(Host, "audience_add", person, 3));
        accepted.Json.GetProperty("status").GetString().ShouldBe("accepted");
        accepted.Json.GetProperty("receipt_id").GetString().ShouldNotBeNull();
        accepted.Json.GetProperty("in_" + Audience).GetBoolean().ShouldBeTrue();
        accepted.Json.TryGetProperty("known", out _).ShouldBeFalse("it is not among its fields");

        var removed = await PostAsync(DecisionStage.Event(Host, "audience_remove", person, 2));
        removed.Json.GetProperty("in_" + Audience).GetBoolean().ShouldBeFalse();
        var array = await Host.SendAsync(
            Webhook.Request($"[{DecisionStage.Event(Host, "audience_add", person).ToJsonString()}]", TestHostFiles.UnsignedToken)
        );
        array.Status.ShouldBe(200, array.Text);
        array.Text.ShouldNotContain("in_", customMessage: "an array is about several people");
        var other = await Host.PostAsync(DecisionStage.Event(Host, "audience_add", person));
        other.Status.ShouldBe(200, other.Text);
        other.Text.ShouldNotContain("in_", customMessage: "not asked for");

        Task<Answer> PostAsync(JsonObject sample) => Host.SendAsync(Webhook.Request(sample.ToJsonString(), TestHostFiles.UnsignedToken));
    }

    [Fact]
    public async Task Without_a_token_or_its_signature_there_is_no_answer()
    {
        const string Body = "{\"person\":{\"customer_id\":\"1\"}}";
        var wrong = DecisionStage.Signed(Body, Host.Clock.GetUtcNow());
        wrong.Content = new StringContent(Body + " ");
        (await CodeAsync(wrong)).ShouldBe((401, "signature_wrong"));
        var missing = DecisionStage.Signed(Body, Host.Clock.GetUtcNow());
        missing.Headers.Remove("X-CIO-Signature");
        (await CodeAsync(missing)).ShouldBe((401, "signature_missing"));
        foreach (var token in new[] { null, "wrong", TestHostFiles.OperatorToken })
        {
            var request = Webhook.Request(Body, token);
            request.RequestUri = new Uri("/v1/decisions", UriKind.Relative);
            (await CodeAsync(request)).ShouldBe((401, "unauthorized"));
        }
    }

    [Theory]
    [InlineData("", "malformed_json")]
    [InlineData("{", "malformed_json")]
    [InlineData("[]", "not_a_question")]
    [InlineData("7", "not_a_question")]
    [InlineData("{}", "missing_person")]
    [InlineData("{\"person\":7}", "invalid_person")]
    [InlineData("{\"person\":{\"customer_id\":{}}}", "missing_person")]
    [InlineData("{\"person\":{\"customer_id\":\"{{customer.id}}\",\"email\":\"null\"}}", "missing_person")]
    [InlineData("{\"person\":{\"customer_id\":\"\",\"email\":\"N/A\",\"phone\":\"0\"}}", "missing_person")]
    [InlineData("{\"person\":{\"email\":\"nobody\"}}", "missing_person")]
    [InlineData("{\"person\":{\"customer_id\":\"\\ud800\"}}", "invalid_text")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":7}", "invalid_audiences")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":{}}", "invalid_audiences")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":[7]}", "invalid_audiences")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":[\"\"]}", "invalid_audiences")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":[\"Cart\"]}", "invalid_audiences")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":[\"a\\u0000\"]}", "invalid_audiences")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":[\"\\ud800\"]}", "invalid_audiences")]
    [InlineData("{\"person\":{\"customer_id\":\"1\"},\"audiences\":\"{{audiences}}\"}", "invalid_audiences")]
    public async Task What_cannot_be_answered_has_a_stable_code(string body, string code)
    {
        var answer = await Host.DecideAsync(body);
        (answer.Status, answer.Code).ShouldBe((422, code), answer.Text);
        answer.Json.GetProperty("retryable").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_too_large_has_a_stable_code_and_what_is_just_within_is_answered()
    {
        var names = Enumerable.Range(0, 101).Select(n => $"\"a{n}\"").ToList();
        (await Host.DecideAsync(Question($"[{string.Join(',', names)}]"))).Code.ShouldBe("invalid_audiences");
        (await Host.DecideAsync(Question($"\"{string.Join(',', names).Replace("\"", "", StringComparison.Ordinal)}\""))).Code.ShouldBe(
            "invalid_audiences"
        );
        (await Host.DecideAsync(Question($"[{string.Join(',', names.Take(100))}]"))).Status.ShouldBe(200);
        (await Host.DecideAsync(Question($"[\"{new string('a', 101)}\"]"))).Code.ShouldBe("invalid_audiences");
        (await Host.DecideAsync(Question($"[\"{new string('a', 100)}\"]"))).Status.ShouldBe(200);
        (await Host.DecideAsync(new string(' ', 1_048_577))).Code.ShouldBe("body_too_large");
        (await Host.DecideAsync("{\"person\":{\"customer_id\":\"" + new string('1', 201) + "\"}}")).Code.ShouldBe("field_too_long");

        static string Question(string audiences) => "{\"person\":{\"customer_id\":\"1\"},\"audiences\":" + audiences + "}";
    }

    [Fact]
    public async Task Names_come_as_text_with_commas_too_and_the_same_name_twice_is_one_field()
    {
        var answer = await Host.DecideAsync($"{{\"customer_id\":\"1\",\"audiences\":\"{Audience}, winback_45d,{Audience}\"}}");
        answer
            .Json.EnumerateObject()
            .Select(field => field.Name)
            .Where(name => name.StartsWith("in_", StringComparison.Ordinal))
            .ShouldBe(["in_" + Audience, "in_winback_45d"]);
    }

    [Fact]
    public async Task An_erased_person_is_suppressed_for_good()
    {
        var person = Person();
        await Host.AcceptAsync(DecisionStage.Event(Host, "audience_add", person));
        using (var body = new StringContent(person.ToJsonString(), System.Text.Encoding.UTF8, "application/json"))
        using (var response = await Host.Operator.PostAsync("/v1/people/erasures", body))
        {
            ((int)response.StatusCode).ShouldBe(202, await response.Content.ReadAsStringAsync());
        }

        var answer = await Host.DecideAsync(person, Audience);
        answer.GetProperty("erased").GetBoolean().ShouldBeTrue();
        answer.GetProperty("suppressed").GetBoolean().ShouldBeTrue();
        answer.GetProperty("suppressed_reason").GetString().ShouldBe("erasure");
        answer.GetProperty("in_" + Audience).GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_locked_table_gives_the_fallback_of_the_source_in_its_time_and_the_commit_its_receipt()
    {
        await using var host = await TestHost.StartAsync(
            DecisionHost.Options(
                "decisions: { timeout_ms: 300, fallback: { suppressed: true, in_winback_45d: false, level: 7, note: unknown } }"
            )
        );
        var person = Person();
        await host.AcceptAsync(DecisionStage.Event(host, "audience_add", person));
        await using (var connection = await host.ConnectAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var locking = new NpgsqlCommand("lock table person_permissions in access exclusive mode", connection, transaction);
            await locking.ExecuteNonQueryAsync();
            var started = host.Clock.GetTimestamp();
            var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => host.DecideAsync(person, Audience)));
            host.Clock.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10));
            answers
                .Select(answer => answer.GetRawText())
                .Distinct()
                .ShouldBe(["{\"fallback\":true,\"suppressed\":true,\"in_winback_45d\":false,\"level\":7,\"note\":\"unknown\"}"]);
        }

        await Deadline.UntilAsync(
            async () => !(await host.DecideAsync(person, Audience)).GetProperty("fallback").GetBoolean(),
            () => "an answer, now that the lock is gone"
        );
    }

    [Fact]
    public async Task Without_storage_the_fallback_answers_and_the_log_has_one_line()
    {
        await using var host = await TestHost.StartAsync();
        await using (await Outage.StartAsync(host.Database))
        {
            for (var n = 0; n < 3; n++)
            {
                (await host.DecideAsync(Person(), Audience)).GetRawText().ShouldBe("{\"fallback\":true}");
            }
        }

        host.LogLines.Count(line => line.Contains("Decisions interrupted", StringComparison.Ordinal)).ShouldBe(1);
    }

    private static JsonObject Person() => new() { ["customer_id"] = "customer " + Sample.NewId() };

    private async Task<(int, string?)> CodeAsync(HttpRequestMessage request)
    {
        var answer = await Host.SendAsync(request);
        return (answer.Status, answer.Code);
    }
}
