using System.Text.Json;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

/// <summary>Contract meta 5.1, 5.4 and 11.</summary>
public sealed class Creating_audiences
{
    private const string Path = "/v25.0/act_1/customaudiences";
    private const string Good =
        """{"name":"carts","subtype":"CUSTOM","customer_file_source":"USER_PROVIDED_ONLY","retention_days":180,"enable_fetch_or_create":true}""";

    [Fact]
    public async Task A_list_is_created_filled_and_deleted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = (await sandbox.SendAsync(HttpMethod.Post, Path, Good)).Json.GetProperty("id").GetString()!;
        (await sandbox.GetAsync($"/v25.0/{id}?fields=name")).Json.GetProperty("name").GetString().ShouldBe("carts");
        (await sandbox.UsersAsync(HttpMethod.Post, Email, new[] { new[] { Hash("a") } }, id)).Status.ShouldBe(200);
        (await sandbox.HeldAsync("EMAIL", id)).Length.ShouldBe(1);

        (await sandbox.SendAsync(HttpMethod.Delete, $"/v25.0/{id}", null)).Json.GetProperty("success").GetBoolean().ShouldBeTrue();

        (await sandbox.GetAsync($"/v25.0/{id}")).Subcode.ShouldBe(33);
        (await sandbox.SendAsync(HttpMethod.Delete, $"/v25.0/{id}", null)).Subcode.ShouldBe(33);
        await sandbox.SendAsync(HttpMethod.Post, "/admin/reset", null);
        (await sandbox.GetAsync(Path)).Json.GetProperty("data").GetArrayLength().ShouldBe(2, "a reset removes the created audiences");
    }

    [Fact]
    public async Task Names_are_not_unique_unless_the_first_is_fetched()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string Id(Response response) => response.Json.GetProperty("id").GetString()!;
        var first = Id(await sandbox.SendAsync(HttpMethod.Post, Path, Good));
        Id(await sandbox.SendAsync(HttpMethod.Post, Path, Good)).ShouldBe(first);
        Id(await sandbox.SendAsync(HttpMethod.Post, Path, Good.Replace("true", "false", StringComparison.Ordinal))).ShouldNotBe(first);
    }

    [Theory]
    [InlineData("""{"subtype":"CUSTOM","customer_file_source":"USER_PROVIDED_ONLY"}""")]
    [InlineData("""{"name":"x","subtype":"WEBSITE","customer_file_source":"USER_PROVIDED_ONLY"}""")]
    [InlineData("""{"name":"x","subtype":"CUSTOM"}""")]
    [InlineData("""{"name":"x","subtype":"CUSTOM","customer_file_source":"USER_PROVIDED_ONLY","retention_days":181}""")]
    [InlineData("""{"name":"x","subtype":"CUSTOM","customer_file_source":"USER_PROVIDED_ONLY","color":"red"}""")]
    [InlineData("""{"name":"x","subtype":"CUSTOM","customer_file_source":"USER_PROVIDED_ONLY","enable_fetch_or_create":"maybe"}""")]
    public async Task An_invalid_form_creates_nothing(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Post, Path, body)).Code.ShouldBe(100);
        (await sandbox.GetAsync(Path)).Json.GetProperty("data").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Without_accepted_terms_nothing_is_created_or_uploaded_and_the_account_reports_it()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        const string Terms = "/v25.0/act_1?fields=tos_accepted";
        (await sandbox.GetAsync(Terms)).Json.GetProperty("tos_accepted").GetProperty("custom_audience_tos").GetInt32().ShouldBe(1);
        var account = JsonSerializer.Serialize(
            new
            {
                account = "act_1",
                token = "token-1",
                terms_accepted = false,
            }
        );
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", account)).Status.ShouldBe(200);

        (await sandbox.GetAsync(Terms)).Json.GetProperty("tos_accepted").GetProperty("custom_audience_tos").GetInt32().ShouldBe(0);
        (await sandbox.SendAsync(HttpMethod.Post, Path, Good)).Code.ShouldBe(2663);
        (await sandbox.AddAsync(Email, [Hash("a")])).Subcode.ShouldBe(1870090);
    }
}
