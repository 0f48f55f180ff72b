using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>Erasure from the view of operators, senders and the platform.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Email = "gone.person@example.com";
    private const string Phone = "+12025550123";

    private readonly OffsetClock _clock = new(Sample.Now);
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = _clock });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_person_is_removed_everywhere_and_erased_and_a_receipt_confirms_it()
    {
        await DeliverAsync();

        var requested = await _host.EraseAsync(new { customer_id = "gone" });
        var receipt = await _host.ErasedAsync(requested.Id());

        requested.State().ShouldBe("waiting");
        receipt.GetProperty("asked_by").GetString().ShouldBe("operator");
        (receipt.GetProperty("deadline").GetDateTimeOffset() - receipt.GetProperty("asked_at").GetDateTimeOffset()).ShouldBe(
            TimeSpan.FromDays(30)
        );
        var destinations = receipt.GetProperty("destinations").EnumerateArray().ToList();
        destinations.Select(d => d.GetProperty("remote").GetString()).ShouldBe([TestHost.Remote(0), TestHost.Remote(1)], ignoreOrder: true);
        destinations.ShouldAllBe(d =>
            d.GetProperty("outcome").GetString() == "removed" && d.GetProperty("call_id").ValueKind == JsonValueKind.Number
        );
        destinations.ShouldAllBe(d => d.GetProperty("removed_at").GetDateTimeOffset() >= d.GetProperty("called_at").GetDateTimeOffset());
        var calls = string.Join(',', destinations.Select(d => d.GetProperty("call_id").GetInt64()));
        (await CountAsync($"calls where call_id in ({calls}) and operation = 2 and outcome = 1")).ShouldBe(
            2,
            "each names the call that removed the person"
        );
        (await HeldAsync()).ShouldBe(["stays@example.com", "stays@example.com"], "only the other person is left");
        (await CountAsync("people")).ShouldBe(1);
        (await CountAsync("vault")).ShouldBe(1);
        (await CountAsync("person_aliases")).ShouldBe(2);
        (await CountAsync("ledger")).ShouldBe(2);
        var account = receipt.GetProperty("accounts").EnumerateArray().ShouldHaveSingleItem();
        (account.GetProperty("destination").GetString(), account.GetProperty("outcome").GetString()).ShouldBe(("meta_main", "removed"));
        receipt.GetProperty("bodies").GetProperty("raw_emptied").GetInt32().ShouldBe(2);
        (await _host.WaitUntilQuietAsync()).GetProperty("erasures").GetProperty("erased").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_person_is_also_removed_from_lists_that_others_filled_and_the_one_who_has_the_address_now_stays_in_them()
    {
        // The person changes the address, and their first one is claimed by someone else; both addresses and the phone are in the other
        // list, which received nothing of us.
        (await _host.SendEventAsync("gone", "first@example.com", Phone)).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync(meanwhile: Later);
        (await _host.SendEventAsync("gone", Email, Phone, minutes: 1)).Status.ShouldBe(200);
        (await _host.SendEventAsync("next", "first@example.com", minutes: 2)).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync(meanwhile: Later);
        await FillAsync(TestHost.Remote(1), "EMAIL", Email, "first@example.com");
        await FillAsync(TestHost.Remote(1), "PHONE", Phone.TrimStart('+'));

        await _host.ErasedAsync((await _host.EraseAsync(new { customer_id = "gone" })).Id(), Later);

        (await _host.Sandbox.HeldAsync(TestHost.Remote(1), "EMAIL")).ShouldBe([Digest("first@example.com")]);
        (await _host.Sandbox.HeldAsync(TestHost.Remote(1), "PHONE")).ShouldBeEmpty();
        (await _host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).ShouldBe([Digest("first@example.com")]);
    }

    [Fact]
    public async Task A_removal_from_all_lists_that_fails_is_repeated_and_the_erasure_waits_for_it()
    {
        await DeliverAsync();
        await _host.Sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                operation = "erase",
                probability = 1.0,
            }
        );
        var erasure = (await _host.EraseAsync(new { customer_id = "gone" })).Id();
        var waiting = await _host.UntilAsync(
            () => _host.ReceiptAsync(erasure),
            seen => seen.GetProperty("accounts").GetArrayLength() > 0,
            Later
        );
        waiting.State().ShouldBe("waiting");
        waiting.GetProperty("accounts")[0].GetProperty("outcome").GetString().ShouldNotBe("removed");
        Outcomes(waiting).ShouldBe(["removed", "removed"], "our own lists do not wait for it");

        await RepairAsync();
        (await _host.ErasedAsync(erasure, Later)).GetProperty("accounts")[0].GetProperty("outcome").GetString().ShouldBe("removed");
    }

    [Fact]
    public async Task A_repeated_request_by_any_identifier_is_the_same_erasure_before_and_after_its_end()
    {
        await DeliverAsync();
        await BreakAsync();
        var first = await _host.EraseAsync(new { email = Email });
        (await _host.EraseAsync(new { phone = "(202) 555-0123", country = "US" })).Id().ShouldBe(first.Id());
        (await _host.EraseAsync(new { customer_id = "gone", email = Email })).Id().ShouldBe(first.Id());
        (await _host.EraseAsync(new { email = Digest(Email), hashed = new { email = "sha256" } })).Id().ShouldBe(first.Id());
        await RepairAsync();
        await _host.ErasedAsync(first.Id(), Later);

        (await _host.EraseAsync(new { phone = Digest("+12025550123"), hashed = new { phone = "sha256_e164" } })).Id().ShouldBe(first.Id());
        var again = await _host.EraseAsync(new { customer_id = "gone" });
        (again.Id(), again.State()).ShouldBe((first.Id(), "erased"));
        (await CountAsync("erasures")).ShouldBe(1);
        (await CountAsync("mt_events where type = 'person_erasure_requested'")).ShouldBe(1);
        (await CountAsync("mt_events where type = 'person_erased'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_person_gets_a_receipt_at_once_and_is_not_imported_later()
    {
        var receipt = await _host.EraseAsync(new { customer_id = "never seen", email = "never.seen@example.com" });
        receipt.State().ShouldBe("unknown");
        receipt.GetProperty("ended_at").ValueKind.ShouldBe(JsonValueKind.String);
        (await _host.EraseAsync(new { email = "Never.Seen@example.com " })).Id().ShouldBe(receipt.Id());

        var refused = await _host.SendEventAsync("somebody else's id", "never.seen@example.com");
        (refused.Status, refused.Code).ShouldBe((202, "person_erased"));
        (await CountAsync("people")).ShouldBe(0);
        (await CountAsync("quarantine")).ShouldBe(0);
        (await _host.ReceiptAsync(receipt.Id())).GetProperty("refused_events").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task While_a_platform_is_down_an_erasure_waits_visibly_raises_an_alarm_and_ends_when_it_is_back_and_resumed()
    {
        await DeliverAsync();
        await BreakAsync();
        var erasure = (await _host.EraseAsync(new { customer_id = "gone" })).Id();
        await _host.UntilAsync(() => _host.ReceiptAsync(erasure), seen => Outcomes(seen).Contains("removing"), Later);
        (await AlarmAsync(erasure)).ShouldBe(("none", "none"));

        _clock.Advance(TimeSpan.FromDays(24));
        (await AlarmAsync(erasure)).ShouldBe(("due", "due"));
        await LoggedAsync("Warning AudienceSync.Host.People.Erasure");
        _clock.Advance(TimeSpan.FromDays(7));
        (await AlarmAsync(erasure)).ShouldBe(("overdue", "overdue"));
        await LoggedAsync("Error AudienceSync.Host.People.Erasure");
        (await CountAsync("vault")).ShouldBe(2, "without the identifiers the person could not be removed");

        await RepairAsync();
        var resumed = await _host.AskAsync(
            "/v1/destinations/meta_main/resume",
            new { by = "test", why = "after a month the removals are parked" }
        );
        resumed.Status.ShouldBe(200, resumed.Text);
        (await _host.ErasedAsync(erasure, Later)).GetProperty("alarm").GetString().ShouldBe("none");
        (await HeldAsync()).ShouldNotContain(Email);
    }

    [Fact]
    public async Task A_host_that_ends_while_an_erasure_waits_leaves_it_to_the_next()
    {
        await DeliverAsync();
        await BreakAsync();
        var erasure = (await _host.EraseAsync(new { customer_id = "gone" })).Id();
        await _host.StopAsync();
        await RepairAsync();

        await using var next = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = _clock,
                Database = _host.Database,
                Platform = _host.Sandbox,
            }
        );
        (await next.ErasedAsync(erasure, Later)).State().ShouldBe("erased");
        (await HeldAsync()).ShouldBe(["stays@example.com", "stays@example.com"]);
        (await next.SendEventAsync("gone")).Code.ShouldBe("person_erased");
    }

    [Fact]
    public async Task Identifiers_of_several_people_erase_nobody()
    {
        await DeliverAsync();
        var answer = await _host.AskAsync("/v1/people/erasures", new { customer_id = "gone", email = "stays@example.com" });
        (answer.Status, answer.Code).ShouldBe((422, "several_people"));
        (await CountAsync("tombstones")).ShouldBe(0);
        (await _host.SendEventAsync("gone")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"phone\":\"555\"}")]
    [InlineData("{\"email\":\"a@example.com\",\"hashed\":{\"email\":\"md5\"}}")]
    public async Task A_request_that_names_nobody_is_refused_with_a_code(string who)
    {
        var answer = await _host.AskAsync("/v1/people/erasures", JsonSerializer.Deserialize<JsonElement>(who));
        (answer.Status, answer.Code).ShouldBe((422, "invalid_identifiers"));
    }

    [Fact]
    public async Task Only_the_operator_may_read_erasures_and_an_unknown_id_is_reported()
    {
        using var response = await _host.Http.GetAsync("/v1/people/erasures");
        ((int)response.StatusCode).ShouldBe(401);
        using var unknown = await _host.Operator.GetAsync($"/v1/people/erasures/{Guid.Empty}");
        (await Answer.ReadAsync(unknown)).Code.ShouldBe("unknown_erasure");
        (await _host.GetAsync("/v1/people/erasures")).GetProperty("erasures").GetArrayLength().ShouldBe(0);
    }

    private async Task DeliverAsync()
    {
        foreach (var key in new[] { ErasureActions.FirstKey, ErasureActions.SecondKey })
        {
            (await _host.SendEventAsync("gone", Email, Phone, key)).Status.ShouldBe(200);
            (await _host.SendEventAsync("stays", "stays@example.com", null, key)).Status.ShouldBe(200);
        }

        await _host.WaitUntilQuietAsync(meanwhile: Later);
        (await HeldAsync()).Count.ShouldBe(4);
    }

    // The addresses of this class that the two lists hold.
    private async Task<List<string>> HeldAsync()
    {
        var held = new List<string>();
        foreach (var remote in new[] { TestHost.Remote(0), TestHost.Remote(1) })
        {
            var digests = await _host.Sandbox.HeldAsync(remote, "EMAIL");
            held.AddRange(new[] { Email, "stays@example.com" }.Where(email => digests.Contains(Digest(email))));
        }

        return held;
    }

    // By another sender than the Host.
    private async Task FillAsync(string remote, string column, params string[] texts)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v27.0/{remote}/users")
        {
            Content = JsonContent.Create(
                new { payload = new { schema = new[] { column }, data = texts.Select(text => new[] { Digest(text) }) } }
            ),
            Headers = { { "Authorization", $"Bearer {TestPlatform.Token}" } },
        };
        using var response = await _host.Sandbox.Admin.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(200, await response.Content.ReadAsStringAsync());
    }

    private Task BreakAsync() =>
        _host.Sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                operation = "remove",
                probability = 1.0,
            }
        );

    private async Task RepairAsync() => (await _host.Sandbox.Admin.DeleteAsync("/admin/faults")).IsSuccessStatusCode.ShouldBeTrue();

    private void Later() => _clock.Advance(TimeSpan.FromSeconds(30));

    private static List<string?> Outcomes(JsonElement erasure) =>
        [.. erasure.GetProperty("destinations").EnumerateArray().Select(destination => destination.GetProperty("outcome").GetString())];

    private async Task<(string?, string?)> AlarmAsync(Guid erasure) =>
        (
            (await _host.ReceiptAsync(erasure)).GetProperty("alarm").GetString(),
            (await _host.GetAsync("/v1/status")).GetProperty("erasures").GetProperty("alarm").GetString()
        );

    private Task<JsonElement> LoggedAsync(string start) =>
        _host.UntilAsync(
            () => _host.GetAsync("/v1/status"),
            _ => _host.LogLines.Any(line => line.StartsWith(start, StringComparison.Ordinal))
        );

    private Task<long> CountAsync(string table) => _host.ScalarAsync<long>($"select count(*) from {table}");

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
