using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.People;

/// <summary>Uploads of suppression lists: their answer states what is in the log, line by line.</summary>
public sealed class ListUploadTests(ITestOutputHelper output) : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_cell_of_an_erased_person_is_refused_like_a_request_about_them()
    {
        await _host.EraseAsync(new { customer_id = "gone", email = "gone@example.com" });
        (await _host.AskAsync("/v1/people/suppressions", new { customer_id = "gone" })).Code.ShouldBe("person_erased");

        foreach (var query in new[] { "", "?lift=true" })
        {
            var answer = await UploadAsync("customer_id,email\ngone,a@example.com\nx,GONE@example.com\n,x@example\n", query);
            answer.Json.GetProperty("accepted").GetInt32().ShouldBe(2, answer.Text);
            Refused(answer)
                .ShouldBe([(2, "customer_id", "person_erased"), (3, "email", "person_erased"), (4, "email", "no_dotted_domain")]);
            answer.Json.GetProperty("refused").GetInt32().ShouldBe(3);
        }

        (await CountAsync("type like 'person_suppress%'")).ShouldBe(4, "of the others");
    }

    [Theory]
    [InlineData("semicolon", ';')]
    [InlineData("tab", '\t')]
    [InlineData("pipe", '|')]
    public async Task A_list_with_another_delimiter_is_read_by_its_parameter_and_refused_without(string name, char delimiter)
    {
        var list = $"customer_id{delimiter}email\nv,1{delimiter}ann@example.com\n";
        var refused = await SendAsync(Encoding.UTF8.GetBytes(list), "");
        (refused.Status, refused.Code).ShouldBe((422, "invalid_list"));
        refused.Json.GetProperty("detail").GetString()!.ShouldContain($"?delimiter={name}");
        (await CountAsync("type = 'person_suppressed'")).ShouldBe(0);

        var answer = await UploadAsync(list, $"?delimiter={name}");
        (answer.Json.GetProperty("accepted").GetInt32(), answer.Json.GetProperty("refused").GetInt32()).ShouldBe((2, 0), answer.Text);
        foreach (var who in new[] { """{"customer_id":"v,1"}""", """{"email":"ann@example.com"}""" })
        {
            (await _host.AskAsync("/v1/members/lookup", JsonNode.Parse(who)!)).Status.ShouldBe(200, who);
        }
    }

    [Fact]
    public async Task A_list_that_is_not_utf8_is_refused_with_the_line()
    {
        const string list = "email\r\nann@example.com\r\nbob@example.com\r\nm\u00FCller@example.com\r\n";
        var latin = await SendAsync(Encoding.Latin1.GetBytes(list), "");
        (latin.Status, latin.Code).ShouldBe((422, "invalid_list"));
        latin.Json.GetProperty("detail").GetString()!.ShouldStartWith("Line 4 is not UTF-8");
        latin.Text.ShouldNotContain("example.com");

        var utf16 = await SendAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(list)], "?delimiter=tab");
        (utf16.Status, utf16.Code).ShouldBe((422, "invalid_list"));
        (await SendAsync(Encoding.UTF8.GetBytes(list), "")).Json.GetProperty("accepted").GetInt32().ShouldBe(3);
    }

    /// <summary>
    /// What each cell is, is known to the generator; the answer must state exactly that, and the log must have exactly the accepted people.
    /// </summary>
    [Fact]
    public async Task Accepted_is_what_the_log_has_and_everything_else_is_a_refused_line()
    {
        var random = Seeded.Random(output);
        await _host.EraseAsync(new { customer_id = GeneratedList.ErasedId, email = GeneratedList.ErasedEmail });
        await _host.EraseAsync(new { phone = GeneratedList.ErasedPhone });
        for (var round = 0; round < 6; round++)
        {
            // The last ones are longer than one commit of the upload.
            var list = GeneratedList.Create(random, round, lines: round < 4 ? random.Next(1, 60) : 700);
            var type = list.Lift ? "person_suppression_lifted" : "person_suppressed";
            var before = await CountAsync($"type = '{type}'");

            var answer = await UploadAsync(list.Text, list.Query);

            var what = $"round {round}\n{list.Text}\n{answer.Text}";
            answer.Json.GetProperty("accepted").GetInt32().ShouldBe(list.Accepted, what);
            answer.Json.GetProperty("refused").GetInt32().ShouldBe(list.Refused.Count, what);
            Refused(answer).ShouldBe(list.Refused.Take(100), what);
            (await CountAsync($"type = '{type}'") - before).ShouldBe(list.People, what);
            (await CountAsync($"type = '{type}'", "distinct stream_id")).ShouldBe(
                await CountAsync($"type = '{type}'"),
                "each is another person"
            );
        }
    }

    private static IEnumerable<(int Line, string? Column, string Code)> Refused(Answer answer) =>
        answer
            .Json.GetProperty("refused_lines")
            .EnumerateArray()
            .Select(line =>
                (
                    line.GetProperty("line").GetInt32(),
                    line.TryGetProperty("column", out var column) && column.ValueKind == JsonValueKind.String ? column.GetString() : null,
                    line.GetProperty("code").GetString()!
                )
            );

    private Task<long> CountAsync(string where, string what = "*") =>
        _host.ScalarAsync<long>($"select count({what}) from mt_events where {where}");

    private async Task<Answer> UploadAsync(string list, string query)
    {
        var answer = await SendAsync(Encoding.UTF8.GetBytes(list), query);
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    private async Task<Answer> SendAsync(byte[] list, string query)
    {
        using var content = new ByteArrayContent(list);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var response = await _host.Operator.PostAsync("/v1/people/suppressions/list" + query, content);
        return await Answer.ReadAsync(response);
    }
}
