using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Decisions;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;
using PhoneNumbers;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.People;

/// <summary>
/// However a phone number is written, every route that names people leads to the person that the first webhook named: the person's country
/// decides, then that of the request.
/// </summary>
public sealed class EveryRouteTests(ITestOutputHelper output) : IAsyncLifetime
{
    private TestHost _host = null!;
    private Random _random = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Any_form_of_a_number_leads_to_the_same_person_on_every_route()
    {
        _random = Seeded.Random(output);
        for (var index = 0; index < 28; index++)
        {
            var number = WrittenPhone.Number(_random, index);
            var person = await StreamAsync(await _host.PostAsync(Event("audience_add", number, out var added)), added);
            foreach (var route in Routes.OrderBy(_ => _random.Next()))
            {
                var (found, written) = await route(number);
                found.ShouldBe(person, $"{index}, first {added}, then {written} at {route.Method.Name}");
            }

            await ErasedAsync(number, person);
        }

        (await _host.ScalarAsync<long>("select count(*) from people where owner is not null")).ShouldBe(0);
    }

    private IReadOnlyList<Func<PhoneNumber, Task<(Guid Person, WrittenPhone Written)>>> Routes =>
        [
            ByRemoval,
            BySuppressionOfASource,
            ByLookup,
            ByExport,
            ByConsent,
            BySuppression,
            ByLift,
            ByList,
            ByLinesOfAList,
            ByDecision,
            ByBatch,
        ];

    private async Task<(Guid, WrittenPhone)> ByRemoval(PhoneNumber number) =>
        (await StreamAsync(await _host.PostAsync(Event("audience_remove", number, out var written)), written), written);

    private async Task<(Guid, WrittenPhone)> BySuppressionOfASource(PhoneNumber number) =>
        (await StreamAsync(await _host.PostAsync(Event("person_suppress", number, out var written)), written), written);

    private async Task<(Guid, WrittenPhone)> ByBatch(PhoneNumber number)
    {
        var request = Webhook.Request(Sample.Array([Event("exposure", number, out var written)]), TestHostFiles.UnsignedToken);
        request.RequestUri = new Uri("/v1/webhooks/batch", UriKind.Relative);
        var answer = await _host.SendAsync(request);
        answer.Status.ShouldBe(200, answer.Text);
        return (await StreamAsync(answer.Results[0].GetProperty("receipt_id").GetGuid()), written);
    }

    private async Task<(Guid, WrittenPhone)> ByDecision(PhoneNumber number)
    {
        // The answer names nobody; that the number is known is what can be seen, and no two people have the same.
        var written = WrittenPhone.Any(number, _random, mayHaveDefault: false);
        var answer = await _host.DecideAsync((JsonObject)JsonSerializer.SerializeToNode(written.Person())!);
        answer.GetProperty("known").GetBoolean().ShouldBeTrue(written.ToString());
        return await ByLookup(number);
    }

    private async Task<(Guid, WrittenPhone)> ByLookup(PhoneNumber number)
    {
        var (answer, written) = await AskAsync("/v1/members/lookup", number);
        return (answer.GetProperty("person").GetGuid(), written);
    }

    private async Task<(Guid, WrittenPhone)> ByExport(PhoneNumber number)
    {
        var (answer, written) = await AskAsync("/v1/people/export", number);
        return (answer.GetProperty("person").GetGuid(), written);
    }

    private Task<(Guid, WrittenPhone)> ByConsent(PhoneNumber number) =>
        ByReceiptAsync("/v1/people/consent", number, ("consent", new { ad_user_data = "denied" }));

    private Task<(Guid, WrittenPhone)> BySuppression(PhoneNumber number) => ByReceiptAsync("/v1/people/suppressions", number);

    private Task<(Guid, WrittenPhone)> ByLift(PhoneNumber number) => ByReceiptAsync("/v1/people/suppressions/lift", number);

    private async Task<(Guid, WrittenPhone)> ByList(PhoneNumber number)
    {
        var written = WrittenPhone.Any(number, _random, mayHaveDefault: true);
        var cells = $"{Quoted(written.Text)},{Quoted(written.Country ?? "")}";
        return (await ListAsync($"phone,country\n{cells}\n", written.Query), written);
    }

    private async Task<(Guid, WrittenPhone)> ByLinesOfAList(PhoneNumber number)
    {
        var written = new WrittenPhone(PhoneNumberUtil.GetInstance().Format(number, PhoneNumberFormat.NATIONAL), null, null);
        written = written with { DefaultCountry = PhoneNumberUtil.GetInstance().GetRegionCodeForNumber(number) };
        return (await ListAsync($"phone\n{Quoted(written.Text)}\n", written.Query), written);
    }

    private async Task ErasedAsync(PhoneNumber number, Guid person)
    {
        var written = WrittenPhone.Any(number, _random, mayHaveDefault: true);
        var answer = await _host.AskAsync("/v1/people/erasures" + written.Query, written.Person());
        answer.Status.ShouldBe(202, answer.Text);
        var erasure = answer.Json.Id();
        (await _host.ScalarAsync<Guid[]>($"select anchors from erasures where erasure = '{erasure}'")).ShouldBe([person], $"{written}");
        (await _host.PostAsync(Event("audience_add", number, out var again))).Code.ShouldBe("person_erased", $"{again}");
    }

    private async Task<(Guid, WrittenPhone)> ByReceiptAsync(string path, PhoneNumber number, params (string Name, object? Value)[] more)
    {
        var (answer, written) = await AskAsync(path, number, more);
        return (await StreamAsync(answer.GetProperty("receipt_id").GetGuid()), written);
    }

    private async Task<(JsonElement Answer, WrittenPhone Written)> AskAsync(
        string path,
        PhoneNumber number,
        params (string Name, object? Value)[] more
    )
    {
        var written = WrittenPhone.Any(number, _random, mayHaveDefault: true);
        var answer = await _host.AskAsync(path + written.Query, written.Person(more));
        answer.Status.ShouldBe(200, $"{path}: {written}: {answer.Text}");
        return (answer.Json, written);
    }

    private async Task<Guid> ListAsync(string list, string query)
    {
        using var content = new StringContent(list, Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        using var response = await _host.Operator.PostAsync("/v1/people/suppressions/list" + query, content);
        var answer = await Answer.ReadAsync(response);
        answer.Json.GetProperty("accepted").GetInt32().ShouldBe(1, $"{list}{query}: {answer.Text}");
        return await _host.ScalarAsync<Guid>(
            "select stream_id from mt_events where type = 'person_suppressed' order by seq_id desc limit 1"
        );
    }

    private JsonObject Event(string name, PhoneNumber number, out WrittenPhone written)
    {
        // A source has no default country in its address; its own is the United States.
        written = WrittenPhone.Any(number, _random, mayHaveDefault: false);
        var sample = Sample.Of((JsonObject)JsonSerializer.SerializeToNode(written.Person())!);
        sample["event"] = name;
        if (name.StartsWith("person", StringComparison.Ordinal))
        {
            sample.Remove("audience_key");
        }

        return sample;
    }

    private Task<Guid> StreamAsync(Answer answer, WrittenPhone written)
    {
        answer.Status.ShouldBe(200, $"{written}: {answer.Text}");
        return StreamAsync(answer.Json.GetProperty("receipt_id").GetGuid());
    }

    private Task<Guid> StreamAsync(Guid receipt) => _host.ScalarAsync<Guid>($"select stream_id from mt_events where id = '{receipt}'");

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
