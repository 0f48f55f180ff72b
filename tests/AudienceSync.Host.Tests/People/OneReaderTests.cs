using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.People;

/// <summary>A person named at one endpoint of the Host is found by every other, with the same country rules.</summary>
public sealed class OneReaderTests
{
    private const string National = "07700 900190";

    [Theory]
    [InlineData("undefined")]
    [InlineData("null")]
    [InlineData("N/A")]
    [InlineData(" None ")]
    [InlineData("0")]
    [InlineData("{{customer.id}}")]
    public async Task A_placeholder_in_the_id_merges_no_people(string placeholder)
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        foreach (var name in new[] { "ann1", "bob1" })
        {
            await host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = placeholder, ["email"] = $"{name}@example.com" }));
        }

        (await HeldAsync(host)).ShouldBe(2);
        var (ann, bob) = (
            await LookupAsync(host, """{"email":"ann1@example.com"}"""),
            await LookupAsync(host, """{"email":"bob1@example.com"}""")
        );
        ann.GetProperty("person").GetGuid().ShouldNotBe(bob.GetProperty("person").GetGuid());

        (await OperateAsync(host, "suppressions", """{"email":"ann1@example.com"}""")).Status.ShouldBe(200);

        (await HeldAsync(host)).ShouldBe(1, "Bob stays");
    }

    [Theory]
    [InlineData("""{"phone":"07700 900190","country":"GB"}""", "")]
    [InlineData("""{"phone":"07700900190","country":"United Kingdom"}""", "")]
    [InlineData("""{"phone":"07700 900190"}""", "?default_country=GB")]
    [InlineData("""{"phone":"+44 7700 900190"}""", "")]
    public async Task A_national_number_of_another_country_is_found_suppressed_and_erased(string who, string query)
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.PostAsync(Sample.Of(new JsonObject { ["phone"] = National, ["country"] = "GB" }));
        await host.WaitUntilQuietAsync();
        var lookup = await PostAsync(host, "/v1/members/lookup" + query, who);
        lookup.Status.ShouldBe(200, lookup.Text);

        (await PostAsync(host, "/v1/people/suppressions" + query, who)).Status.ShouldBe(200);
        await host.WaitUntilQuietAsync();
        (await host.ScalarAsync<short>("select state from membership where state <> 5")).ShouldBe((short)4);
        (await host.ScalarAsync<long>("select count(*) from people")).ShouldBe(1, "it is the same person");

        var erasure = await PostAsync(host, "/v1/people/erasures" + query, who);
        erasure.Status.ShouldBe(202, erasure.Text);
        erasure.Json.GetProperty("state").GetString().ShouldNotBe("unknown");
        (await host.ScalarAsync<long>("select count(*) from erasures")).ShouldBe(1);
    }

    [Fact]
    public async Task A_list_suppresses_the_people_it_names_and_refuses_lines_that_name_no_person()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        foreach (var name in new[] { "y1", "y2", "y3" })
        {
            await host.PostAsync(Sample.Of(new JsonObject { ["email"] = $"{name}@example.com" }));
        }

        await host.PostAsync(Sample.Of(new JsonObject { ["phone"] = National, ["country"] = "GB" }));
        (await HeldAsync(host)).ShouldBe(3);

        var emails = await ListAsync(host, "email\n\"y1@example.com,\"\ny2@example.com.\nnull\n\"a@x.com,b@x.com\"\n");
        emails.Json.GetProperty("accepted").GetInt32().ShouldBe(2, emails.Text);
        emails.Json.GetProperty("refused_lines").EnumerateArray().Select(line => line.GetProperty("line").GetInt32()).ShouldBe([4, 5]);
        var phones = await ListAsync(host, $"phone,country\n4.479E+11,GB\n{National},GB\n");
        phones
            .Json.GetProperty("refused_lines")
            .EnumerateArray()
            .Select(line => line.GetProperty("line").GetInt32())
            .ShouldBe([2], phones.Text);

        (await HeldAsync(host)).ShouldBe(1, "only y3 is left");
        (await host.ScalarAsync<long>("select count(*) from membership where state = 4")).ShouldBe(3);
    }

    private static async Task<int> HeldAsync(TestHost host)
    {
        await host.WaitUntilQuietAsync();
        return (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count;
    }

    private static async Task<JsonElement> LookupAsync(TestHost host, string who) =>
        (await PostAsync(host, "/v1/members/lookup", who)).Json;

    private static Task<Answer> OperateAsync(TestHost host, string path, string body) => PostAsync(host, "/v1/people/" + path, body);

    private static async Task<Answer> PostAsync(TestHost host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await host.Operator.PostAsync(new Uri(path, UriKind.Relative), content);
        return await Answer.ReadAsync(response);
    }

    private static async Task<Answer> ListAsync(TestHost host, string csv)
    {
        using var content = new StringContent(csv);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var response = await host.Operator.PostAsync(new Uri("/v1/people/suppressions/list", UriKind.Relative), content);
        return await Answer.ReadAsync(response);
    }
}
