using System.Text.Json;
using static AudienceSync.Sandbox.Tests.CustomerIo.TrackSandbox;

namespace AudienceSync.Sandbox.Tests.CustomerIo;

/// <summary>The Track API of contract customerio, sections 4 and 6.1.</summary>
public sealed class Track_api
{
    [Fact]
    public async Task Events_with_a_ulid_are_stored_once_and_others_every_time()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        var response = await sandbox.BatchAsync(EventItem(Ulid), EventItem("not-a-ulid"));
        (response.Status, response.Text).ShouldBe((200, "{}\n"));
        (await sandbox.BatchAsync(EventItem(Ulid.ToLowerInvariant()), EventItem("not-a-ulid"), EventItem(OtherUlid))).Status.ShouldBe(200);
        (await sandbox.EventsAsync()).ShouldBe([
            $"{Ulid} audience_synced x2",
            "not-a-ulid audience_synced x1",
            "not-a-ulid audience_synced x1",
            $"{OtherUlid} audience_synced x1",
        ]);
    }

    [Fact]
    public async Task Attributes_are_ordered_by_their_timestamps_and_not_by_arrival()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        await sandbox.BatchAsync(IdentifyItem("""{"_update":true,"_timestamp":200,"email_deliverable":false,"plan":"a"}"""));
        await sandbox.BatchAsync(IdentifyItem("""{"_update":true,"_timestamp":100,"email_deliverable":true,"complaint_count":1}"""));
        (await sandbox.AttributeAsync("email_deliverable")).ShouldBe("False");
        (await sandbox.AttributeAsync("complaint_count")).ShouldBe("1");
        (await sandbox.PersonAsync()).GetProperty("attributes").GetProperty("plan").GetProperty("timestamp").GetInt64().ShouldBe(200);
        await sandbox.BatchAsync(IdentifyItem("""{"_update":true,"_timestamp":200,"email_deliverable":true}"""));
        (await sandbox.AttributeAsync("email_deliverable")).ShouldBe("True");
        (await sandbox.AttributeAsync("_update")).ShouldBeNull();
    }

    [Fact]
    public async Task The_timestamp_of_an_item_orders_as_well()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        const string Item =
            """{"type":"person","action":"identify","identifiers":{"cio_id":"d90001"},"timestamp":300,"attributes":{"a":"x"}}""";
        await sandbox.BatchAsync(Item);
        await sandbox.BatchAsync(IdentifyItem("""{"_timestamp":299,"a":"y"}"""));
        (await sandbox.AttributeAsync("a")).ShouldBe("x");
    }

    [Fact]
    public async Task Items_that_are_not_named_in_207_were_accepted()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        var tooLong = new string('n', 101);
        var response = await sandbox.BatchAsync(
            EventItem(Ulid),
            EventItem(OtherUlid, name: tooLong),
            IdentifyItem($$"""{"a":"{{new string('v', 1_001)}}"}"""),
            IdentifyItem($$"""{"{{new string('a', 151)}}":1}"""),
            IdentifyItem("""{"b":1}""", """{"id":"1","email":"ann@example.com"}"""),
            IdentifyItem("""{"b":1}""", """{"phone":"+14155550100"}"""),
            """{"type":"object","action":"identify","identifiers":{"id":"1"}}""",
            """{"type":"person","action":"merge","identifiers":{"id":"1"}}""",
            $$"""{"type":"person","action":"event","identifiers":{"id":"1"},"name":"e","attributes":{"x":"{{new string('x', 32_000)}}"} }""",
            IdentifyItem("""{"_timestamp":"soon"}"""),
            "7"
        );
        response.Status.ShouldBe(207);
        var errors = response.Json.GetProperty("errors").EnumerateArray().ToList();
        errors.Select(error => error.GetProperty("batch_index").GetInt32()).ShouldBe(Enumerable.Range(1, 10));
        errors.ShouldAllBe(error => error.GetProperty("reason").GetString() == "invalid" && error.GetProperty("message").GetString() != "");
        errors[0].GetProperty("field").GetString().ShouldBe("name");
        errors[1].GetProperty("field").GetString().ShouldBe("attributes.a");
        (await sandbox.EventsAsync()).ShouldBe([$"{Ulid} audience_synced x1"]);
        (await sandbox.PersonAsync()).GetProperty("attributes").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_person_has_three_hundred_attributes_at_most()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        static string Many(int from, int count) =>
            IdentifyItem(JsonSerializer.Serialize(Enumerable.Range(from, count).ToDictionary(n => $"a{n}", n => n)));
        (await sandbox.BatchAsync(Many(0, 301))).Status.ShouldBe(207);
        (await sandbox.BatchAsync(Many(0, 300))).Status.ShouldBe(200);
        (await sandbox.BatchAsync(Many(100, 200))).Status.ShouldBe(200);
        (await sandbox.BatchAsync(Many(300, 1))).Status.ShouldBe(207);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"batch":[]}""")]
    [InlineData("""{"batch":{}}""")]
    public async Task A_batch_in_another_format_is_refused_as_a_whole(string body)
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        var response = await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v2/batch", body);
        response.Status.ShouldBe(400);
        response.Json.GetProperty("errors")[0].GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_batch_over_500_KB_is_refused_as_a_whole()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        var item = IdentifyItem(JsonSerializer.Serialize(Enumerable.Range(0, 25).ToDictionary(n => $"a{n}", _ => new string('x', 1_000))));
        string[] twenty = [.. Enumerable.Repeat(item, 19)];
        (await sandbox.BatchAsync(twenty)).Status.ShouldBe(200);
        (await sandbox.BatchAsync([.. twenty, item])).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Credentials_are_needed_everywhere_but_for_metrics()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        foreach (var credentials in new[] { null, $"{Site}:wrong", $"other:{Key}", Site })
        {
            (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v2/batch", "{}", credentials)).Status.ShouldBe(401);
            (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v2/entity", "{}", credentials)).Status.ShouldBe(401);
            (await sandbox.SendAsync(HttpMethod.Put, "/customerio/api/v1/customers/1", "{}", credentials)).Status.ShouldBe(401);
            (await sandbox.SendAsync(HttpMethod.Get, "/customerio/api/v1/accounts/region", null, credentials)).Status.ShouldBe(401);
        }

        const string Metric = """{"delivery_id":"RPILAgUBcRhIBqSfeiIwdIYJKxTY","metric":"dropped","reason":"no consent","timestamp":5}""";
        for (var call = 0; call < 2; call++)
        {
            (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v1/metrics", Metric, null)).Status.ShouldBe(200);
        }

        (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v1/metrics", """{"metric":"seen"}""", null)).Status.ShouldBe(200);
        var metrics = (await sandbox.Running.GetAsync("/admin/customerio/metrics")).Json;
        metrics.GetProperty("invalid").GetInt32().ShouldBe(1);
        var held = metrics.GetProperty("deliveries").EnumerateArray().Single().GetProperty("metrics").EnumerateArray().Single();
        (held.GetProperty("metric").GetString(), held.GetProperty("deliveries").GetInt32()).ShouldBe(("dropped", 2));
    }

    [Fact]
    public async Task The_region_is_answered_by_both_hosts_and_a_workspace_in_the_us_is_unknown_to_the_eu_host()
    {
        await using var sandbox = await TrackSandbox.StartAsync("""{"environment_id":42}""");
        foreach (var host in new[] { "/customerio", "/customerio-eu" })
        {
            var region = (await sandbox.SendAsync(HttpMethod.Get, host + "/api/v1/accounts/region", null)).Json;
            region.GetProperty("region").GetString().ShouldBe("us");
            region.GetProperty("environment_id").GetInt32().ShouldBe(42);
            region.GetProperty("url").GetString().ShouldBe("https://track.customer.io");
        }

        var body = $$"""{"batch":[{{EventItem(Ulid)}}]}""";
        (await sandbox.SendAsync(HttpMethod.Post, "/customerio-eu/api/v2/batch", body)).Status.ShouldBe(401);
        await using var european = await TrackSandbox.StartAsync("""{"region":"eu"}""");
        (await european.SendAsync(HttpMethod.Post, "/customerio-eu/api/v2/batch", body)).Status.ShouldBe(200);
        (await european.SendAsync(HttpMethod.Post, "/customerio/api/v2/batch", body)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Version_1_names_the_person_in_the_path()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Put, "/customerio/api/v1/customers/ann%40example.com", """{"city":"Rome"}""")).Status.ShouldBe(
            200
        );
        (await sandbox.AttributeAsync("city")).ShouldBe("Rome");
        var body = $$"""{"name":"left","id":"{{Ulid}}","data":{"a":1} }""";
        (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v1/customers/cio_d90001/events", body)).Status.ShouldBe(200);
        (await sandbox.EventsAsync()).ShouldBe([$"{Ulid} left x1"]);
        var refused = await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v1/customers/1/events", """{"name":" "}""");
        refused.Status.ShouldBe(400);
        refused.Json.GetProperty("meta").GetProperty("errors")[0].GetString().ShouldNotBeNullOrEmpty();
        (await sandbox.SendAsync(HttpMethod.Put, "/customerio/api/v1/customers/a%2Fb", """{"city":"Bonn"}""")).Status.ShouldBe(200);
        (await sandbox.Running.GetAsync($"/admin/customerio/{Site}/people"))
            .Json.EnumerateArray()
            .Select(person => person.GetProperty("id").GetString())
            .ShouldContain("a/b");
    }

    [Fact]
    public async Task One_item_goes_to_entity()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v2/entity", EventItem(Ulid))).Status.ShouldBe(200);
        var refused = await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v2/entity", EventItem(OtherUlid, name: ""));
        refused.Status.ShouldBe(400);
        refused.Json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("name");
        (await sandbox.EventsAsync()).ShouldBe([$"{Ulid} audience_synced x1"]);
    }
}
