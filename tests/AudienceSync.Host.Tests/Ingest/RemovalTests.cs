using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// A removal is never lost because of a field it does not need (design section 6, rule 3). All cases are in <see
/// cref="RemovalMatrixTests"/>.
/// </summary>
public sealed class RemovalTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Theory]
    [InlineData("person.phone", "false", "invalid_person person.phone")]
    [InlineData("person.phone", "{}", "invalid_person person.phone")]
    [InlineData("person.email", "[]", "invalid_person person.email")]
    [InlineData("person.city", "\"LONG\"", "field_too_long person.city")]
    [InlineData("person.customer_id", "\"LONG\"", "field_too_long person.customer_id")]
    [InlineData("person.customer_id", "\"a\\u0000b\"", "invalid_text person.customer_id")]
    [InlineData("person.first_name", "\"\\ud83d\"", "invalid_text person.first_name")]
    [InlineData("consent", "{\"ad_user_data\":\"\"}", "invalid_consent consent.ad_user_data")]
    [InlineData("consent", "\"yes\"", "invalid_consent consent")]
    [InlineData("context", "\"\"", "invalid_context context")]
    [InlineData("context", "{\"step\":[]}", "invalid_context context.step")]
    [InlineData("schema_version", "\"latest\"", "invalid_schema_version schema_version")]
    [InlineData("schema_version", "3", "newer_schema_version schema_version")]
    [InlineData("event_id", "{}", "invalid_event_id event_id")]
    [InlineData("occurred_at", "\"20261129\"", "invalid_occurred_at occurred_at")]
    [InlineData("occurred_at", "\"2026\"", "invalid_occurred_at occurred_at")]
    [InlineData("occurred_at", "\"1999-01-01T00:00:00Z\"", "invalid_occurred_at occurred_at")]
    [InlineData("occurred_at", "\"2027-11-21T09:30:00Z\"", "occurred_in_future occurred_at")]
    public async Task A_good_removal_takes_effect_and_its_warnings_list_what_was_left_out(string field, string value, string warning)
    {
        var sample = Removal();
        var place = field.StartsWith("person.", StringComparison.Ordinal) ? sample["person"]!.AsObject() : sample;
        place[field.Split('.')[^1]] = Junk.Mark;
        var body = Junk.Put(sample.ToJsonString(), value.Replace("LONG", new string('x', 201), StringComparison.Ordinal));
        var answer = await given.Host.PostAsync(body);
        answer.Warnings().ShouldBe([warning]);
        answer.Json.EnumerateObject().Select(property => property.Name).ShouldBe(["status", "receipt_id", "warnings"]);
        (await given.Host.PostAsync(body)).Text.ShouldBe(answer.Text, "a retry gets the same response");
        (await TypeAsync(answer)).ShouldBe("audience_member_removed");
    }

    [Fact]
    public async Task An_unusable_time_becomes_the_time_of_receipt()
    {
        var sample = Removal();
        sample["occurred_at"] = "20261129";
        var stored = JsonNode.Parse(await given.Host.StoredAsync(await given.Host.PostAsync(sample)))!;
        stored["occurredAt"]!.GetValue<DateTimeOffset>().ShouldBe(Sample.Now);
    }

    [Fact]
    public async Task A_removal_with_neither_id_nor_time_takes_effect_from_its_receipt()
    {
        var sample = Removal();
        sample.Remove("event_id");
        sample.Remove("occurred_at");
        (await given.Host.PostAsync(sample)).Warnings().ShouldBe(["missing_event_id event_id"]);
    }

    [Fact]
    public async Task In_schema_2_a_removal_gets_a_warning_where_an_add_is_refused()
    {
        var sample = Removal();
        sample["schema_version"] = 2;
        sample["consnet"] = "x";
        sample.Remove("occurred_at");
        sample["person"]!["phone"] = 12025550147;
        sample["person"]!["shoe_size"] = 9;
        (await given.Host.PostAsync(sample))
            .Warnings()
            .ShouldBe(["unknown_field *", "missing_id_or_time occurred_at", "invalid_person person.phone", "unknown_field person.*"]);
    }

    [Theory]
    [InlineData("\"Ann\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"customer_id\":false}")]
    public async Task A_person_object_that_names_no_person_falls_back_to_flat_fields(string person)
    {
        var sample = Removal();
        sample["person"] = Junk.Mark;
        sample["customer_id"] = "flat customer";
        (await TypeAsync(await given.Host.PostAsync(Junk.Put(sample.ToJsonString(), person)))).ShouldBe("audience_member_removed");
    }

    [Theory]
    [InlineData("\"Ann\"", "invalid_person")]
    [InlineData("{}", "missing_person")]
    [InlineData("{\"email\":\"nowhere\",\"phone\":false}", "missing_person")]
    [InlineData("{\"customer_id\":\"\\ud83d\"}", "invalid_text")]
    public async Task A_removal_that_names_no_person_is_refused_with_a_code(string person, string code)
    {
        var sample = Removal();
        sample["person"] = Junk.Mark;
        (await given.Host.PostAsync(Junk.Put(sample.ToJsonString(), person))).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("\"nowhere\"")]
    [InlineData("{}")]
    [InlineData("\"\\ud83d\"")]
    public async Task A_suppression_at_an_unknown_destination_applies_everywhere(string destination)
    {
        var sample = Removal("person_suppress");
        sample["destination"] = Junk.Mark;
        var answer = await given.Host.PostAsync(Junk.Put(sample.ToJsonString(), destination));
        answer.Warnings().ShouldHaveSingleItem().ShouldEndWith(" destination");
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["destination"].ShouldBeNull();
    }

    [Fact]
    public async Task A_withdrawal_takes_effect_although_the_other_purpose_cannot_be_read_and_a_grant_does_not()
    {
        var sample = Removal("person_consent");
        sample["consent"] = new JsonObject { ["ad_user_data"] = " Denied ", ["ad_personalization"] = 7 };
        var answer = await given.Host.PostAsync(sample);
        answer.Warnings().ShouldBe(["invalid_consent consent.ad_personalization"]);
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["consent"]!.ToJsonString().ShouldBe("""{"adUserData":"denied"}""");

        sample["consent"]!["ad_user_data"] = "granted";
        (await given.Host.PostAsync(sample)).Code.ShouldBe("invalid_consent");
    }

    [Theory]
    [InlineData("person_unsuppress", "destination", "\"nowhere\"", "unknown_destination")]
    [InlineData("person_unsuppress", "occurred_at", "\"soon\"", "invalid_occurred_at")]
    [InlineData("audience_add", "occurred_at", "\"2026\"", "invalid_occurred_at")]
    [InlineData("audience_add", "event_id", "{}", "invalid_event_id")]
    [InlineData("audience_add", "schema_version", "\"latest\"", "invalid_schema_version")]
    public async Task Events_that_allow_targeting_are_validated_strictly(string name, string field, string value, string code)
    {
        var sample = Removal(name);
        sample[field] = JsonNode.Parse(value);
        (await given.Host.PostAsync(sample)).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("person.city", "[]", "invalid_person person.city")]
    [InlineData("person.phone", "false", "invalid_person person.phone")]
    [InlineData("consent", "{\"ad_user_data\":\"perhaps\",\"ad_personalization\":\"granted\"}", "invalid_consent consent.ad_user_data")]
    [InlineData("context", "\"\"", "invalid_context context")]
    public async Task An_optional_field_of_an_add_that_cannot_be_read_is_an_empty_cell(string field, string value, string warning)
    {
        var sample = Removal("audience_add");
        var place = field.StartsWith("person.", StringComparison.Ordinal) ? sample["person"]!.AsObject() : sample;
        place[field.Split('.')[^1]] = JsonNode.Parse(value);
        var answer = await given.Host.PostAsync(sample);
        answer.Warnings().ShouldBe([warning]);
        (await given.Host.StoredAsync(answer)).ShouldNotContain("adUserData");
    }

    [Fact]
    public async Task A_removal_from_a_retired_key_takes_effect()
    {
        await using var host = await TestHost.StartAsync(
            new TestHostOptions { Clock = new OffsetClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)) }
        );
        await host.ApplyChangeAsync("keys/retired_v1/publish", new { });
        (await host.SendEventAsync("add", "retired_v1", "ann")).Status.ShouldBe(200);
        await host.ApplyChangeAsync("keys/retired_v1/retire", new { });
        (await host.SendEventAsync("add", "retired_v1", "bob", second: 1)).Code.ShouldBe("retired_audience_key");
        (await host.SendEventAsync("remove", "retired_v1", "ann", second: 1)).Status.ShouldBe(200);
        await host.WaitUntilQuietAsync();
        (
            await host.ScalarAsync<short>(
                "select m.state from membership m join audience_keys k on k.key_id = m.key_id where k.audience_key = 'retired_v1'"
            )
        ).ShouldBe((short)2);
    }

    [Fact]
    public async Task A_removal_from_a_key_published_later_takes_effect_by_itself_after_publication()
    {
        await using var host = await TestHost.StartAsync(
            new TestHostOptions { Clock = new OffsetClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)) }
        );
        var held = await host.SendEventAsync("remove", "later_v1", "ann", second: 5);
        (held.Status, held.Code).ShouldBe((202, "unknown_audience_key"));
        (await host.SendEventAsync("add", "later_v1", "bob")).Code.ShouldBe("unknown_audience_key");

        await host.ApplyChangeAsync("keys/later_v1/publish", new { });
        (await host.SendEventAsync("add", "later_v1", "ann", second: 4)).Status.ShouldBe(200);
        await Waiting.UntilAsync(
            () => host.ScalarAsync<bool>("select state = 2 from quarantine where removal"),
            () => "The removal is still waiting."
        );
        await host.WaitUntilQuietAsync();
        (await host.ScalarAsync<short>("select state from membership where state <> 5")).ShouldBe((short)2);
        (await host.ScalarAsync<long>("select count(*) from quarantine where state = 1")).ShouldBe(1, "the add waits for a human");
    }

    [Fact]
    public async Task A_held_removal_with_a_property_name_that_is_not_text_takes_effect_after_publication_too()
    {
        await using var host = await TestHost.StartAsync(
            new TestHostOptions { Clock = new OffsetClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)) }
        );
        const string Body = """
            {"\ud83d":1,"event":"audience_remove","audience_key":"later_v1","event_id":"held","occurred_at":"2026-01-01T00:00:05Z","person":{"email":"ann@example.com"}}
            """;
        (await host.PostAsync(Body)).Code.ShouldBe("unknown_audience_key");

        await host.ApplyChangeAsync("keys/later_v1/publish", new { });
        await Waiting.UntilAsync(
            () => host.ScalarAsync<bool>("select state = 2 from quarantine where removal"),
            () => "The removal is still waiting."
        );
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'audience_member_removed'")).ShouldBe(1);
    }

    private static JsonObject Removal(string name = "audience_remove")
    {
        var sample = Sample.With("event", name);
        sample["person"]!["email"] = $"{Sample.NewId()}@example.com";
        return sample;
    }

    private Task<string> TypeAsync(Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        return given.Host.ScalarAsync<string>($"select type from mt_events where id = '{answer.ReceiptId()}'");
    }
}
