using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Reading_audiences
{
    private const string Fields =
        "?fields=id,account_id,name,approximate_count_lower_bound,approximate_count_upper_bound,operation_status,delivery_status";

    [Fact]
    public async Task Status_and_counts_follow_the_uploads()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        static int Code(Response response, string status) => response.Json.GetProperty(status).GetProperty("code").GetInt32();
        var empty = await sandbox.GetAsync("/v25.0/238500000000001" + Fields);
        (Code(empty, "operation_status"), Code(empty, "delivery_status")).ShouldBe((410, 300));
        empty.Json.GetProperty("approximate_count_upper_bound").GetInt32().ShouldBe(0);

        await sandbox.AddAsync(Email, [.. Enumerable.Range(0, 250).Select(n => new object[] { Hash($"{n}") })]);
        var filled = await sandbox.GetAsync("/v25.0/238500000000001" + Fields);
        (Code(filled, "operation_status"), Code(filled, "delivery_status")).ShouldBe((200, 200));
        filled.Json.GetProperty("approximate_count_lower_bound").GetInt32().ShouldBe(200);
        filled.Json.GetProperty("approximate_count_upper_bound").GetInt32().ShouldBe(300);
        filled.Json.GetProperty("account_id").GetString().ShouldBe("1");
    }

    [Fact]
    public async Task Without_fields_only_the_id_is_returned_and_an_unknown_field_is_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.GetAsync("/v25.0/238500000000001")).Json.EnumerateObject().Select(field => field.Name).ShouldBe(["id"]);
        (await sandbox.GetAsync("/v25.0/238500000000001?fields=size")).Code.ShouldBe(100);
        (await sandbox.GetAsync("/v25.0/238500000000001?filtering=[]")).Code.ShouldBe(100);
    }

    [Fact]
    public async Task Pages_end_when_next_is_absent_and_next_contains_no_token()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var first = await sandbox.GetAsync("/v25.0/act_1/customaudiences?fields=name&limit=1&access_token=token-1");
        first.Json.GetProperty("data")[0].GetProperty("id").GetString().ShouldBe(RunningSandbox.Audience);
        var next = first.Json.GetProperty("paging").GetProperty("next").GetString()!;
        next.ShouldNotContain("token-1");
        var second = await sandbox.GetAsync(next);
        second.Json.GetProperty("data")[0].GetProperty("id").GetString().ShouldBe(RunningSandbox.OtherAudience);
        second.Json.GetProperty("data")[0].TryGetProperty("name", out _).ShouldBeTrue();
        second.Json.GetProperty("paging").TryGetProperty("next", out _).ShouldBeFalse();
        (await sandbox.GetAsync("/v25.0/act_2/customaudiences")).Subcode.ShouldBe(33);
    }

    [Fact]
    public async Task The_next_page_url_of_a_client_that_sends_its_token_as_a_parameter_is_complete()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var first = await sandbox.SendAsync(
            HttpMethod.Get,
            "/v27.0/act_1/customaudiences?fields=id%2Cname&limit=1&access_token=token-1",
            null,
            token: null
        );
        var next = first.Json.GetProperty("paging").GetProperty("next").GetString()!;
        var second = await sandbox.SendAsync(HttpMethod.Get, next, null, token: null);

        Uri.TryCreate(next, UriKind.Absolute, out _).ShouldBeTrue();
        next.ShouldContain("limit=1&after=");
        second.Json.GetProperty("data")[0].GetProperty("id").GetString().ShouldBe(RunningSandbox.OtherAudience);
        second.Json.GetProperty("data")[0].GetProperty("name").GetString().ShouldNotBeNull();
        second.Json.GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_path_that_is_not_simulated_is_refused_in_the_platforms_envelope()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Post, "/v25.0/238500000000001/usersreplace", "{}")).Code.ShouldBe(100);
        (await sandbox.SendAsync(HttpMethod.Get, "/25.0/238500000000001", null)).Status.ShouldBe(404);
    }
}
