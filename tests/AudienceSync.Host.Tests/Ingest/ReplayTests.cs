using System.Text.Json.Nodes;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>The same signed bytes are one fact, whatever headers they carry: headers are not signed.</summary>
public sealed class ReplayTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 30, 0, TimeSpan.Zero);

    private readonly OffsetClock _clock = new(Now);

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(SignedRequests.Options(_clock));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_captured_add_with_another_delivery_id_does_not_bring_a_removed_person_back()
    {
        var add = Capture(Body("audience_add", "ann"));
        var first = await _host.SendAsync(add, "delivery 1");
        first.Status.ShouldBe(200, first.Text);
        (await _host.SendAsync(add, "delivery 1")).Text.ShouldBe(first.Text);
        _clock.Advance(TimeSpan.FromMinutes(1));
        (await _host.SendAsync(Capture(Body("audience_remove", "ann")), "delivery 2")).Status.ShouldBe(200);
        _clock.Advance(TimeSpan.FromMinutes(1));

        (await _host.SendAsync(add, "delivery 3")).Text.ShouldBe(first.Text);
        (await _host.SendAsync(add, idempotencyKey: "key 4")).Text.ShouldBe(first.Text);
        (await _host.SendAsync(add)).Text.ShouldBe(first.Text);
        (await _host.SendAsync(add, "unsent")).Text.ShouldBe(first.Text);

        await _host.WaitUntilQuietAsync();
        (await EventsAsync("audience_member_added")).ShouldBe(1);
        (await _host.ScalarAsync<short>("select state from membership")).ShouldBe((short)2, "removed");
    }

    [Fact]
    public async Task A_replayed_unsuppress_does_not_undo_an_opt_out()
    {
        var lift = Capture(Body("person_unsuppress", "ann"));
        var first = await _host.SendAsync(lift, "delivery 1");
        first.Status.ShouldBe(200, first.Text);
        _clock.Advance(TimeSpan.FromMinutes(1));
        (await _host.SendAsync(Capture(Body("person_suppress", "ann")), "delivery 2")).Status.ShouldBe(200);
        _clock.Advance(TimeSpan.FromMinutes(1));

        (await _host.SendAsync(lift, "delivery 3")).Text.ShouldBe(first.Text);

        await _host.WaitUntilQuietAsync();
        (await EventsAsync("person_suppression_lifted")).ShouldBe(1);
        (await _host.ScalarAsync<bool>("select suppressed_at > lifted_at from person_permissions")).ShouldBeTrue();
    }

    [Fact]
    public async Task The_same_bytes_at_two_hosts_at_once_with_different_delivery_ids_are_one_fact()
    {
        await using var second = await TestHost.StartAsync(
            SignedRequests.Options(_clock) with
            {
                Database = _host.Database,
                Platform = _host.Sandbox,
            }
        );
        var before = await _host.ScalarAsync<long>("select count(*) from mt_events");
        for (var n = 0; n < 20; n++)
        {
            var add = Capture(Body("audience_add", $"person {n}"));
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 6).Select(k => Task.Run(() => (k % 2 == 0 ? _host : second).SendAsync(add, $"delivery {n} {k}")))
            );
            answers.Select(answer => (answer.Status, answer.Text)).Distinct().ShouldHaveSingleItem().Status.ShouldBe(200, answers[0].Text);
        }

        (await EventsAsync("audience_member_added")).ShouldBe(20);
        (await _host.ScalarAsync<long>("select count(*) from request_signatures")).ShouldBe(20);
        (await _host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(before + 20);
    }

    [Fact]
    public async Task A_retry_that_is_signed_again_is_a_duplicate_by_its_delivery_id_and_both_signatures_are_remembered()
    {
        var body = Body("audience_add", "ann");
        var first = Capture(body);
        var receipt = await _host.SendAsync(first, "delivery 1");
        _clock.Advance(TimeSpan.FromMinutes(1));
        var retry = Capture(body);
        (await _host.SendAsync(retry, "delivery 1")).Text.ShouldBe(receipt.Text);

        (await _host.SendAsync(first, "delivery 2")).Text.ShouldBe(receipt.Text);
        (await _host.SendAsync(retry, "delivery 3")).Text.ShouldBe(receipt.Text);
        (await EventsAsync("audience_member_added")).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_body_signed_at_another_moment_under_another_delivery_id_is_another_fact()
    {
        var body = Body("audience_add", "ann");
        var first = await _host.SendAsync(Capture(body), "delivery 1");
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await _host.SendAsync(Capture(body), "delivery 2")).ReceiptId().ShouldNotBe(first.ReceiptId());
        (await EventsAsync("audience_member_added")).ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_request_leaves_nothing_and_is_accepted_once_its_cause_is_repaired()
    {
        var add = Capture(Body("audience_add", "ann"));
        (await _host.SendAsync(add, new string('x', 201))).Code.ShouldBe("invalid_event_id");
        await using (await Outage.StartAsync(_host.Database))
        {
            (await _host.SendAsync(add, "delivery 1")).Code.ShouldBe("storage_down");
        }

        (await _host.ScalarAsync<long>("select count(*) from request_signatures")).ShouldBe(0);
        (await _host.SendAsync(add, "delivery 1")).Status.ShouldBe(200);
        (await EventsAsync("audience_member_added")).ShouldBe(1);
    }

    [Fact]
    public async Task A_test_send_leaves_nothing_that_makes_the_real_request_a_duplicate()
    {
        var add = Capture(Body("audience_add", "ann"));
        (await _host.SendAsync(add, "unsent")).Code.ShouldBe("test_send");
        (await _host.SendAsync(add, "delivery 1")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_quarantined_event_is_released_once_and_its_replay_is_neither_a_second_entry_nor_an_event()
    {
        var items = new JsonArray(Json("audience_add", "ann"), Json("audience_add", "ben", "later_v1"), Json("person_suppress", ""));
        var array = Capture(items.ToJsonString());
        var first = await _host.SendAsync(array, "delivery 1");
        first.Results.Select(result => result.GetProperty("status").GetString()).ShouldBe(["accepted", "quarantined", "refused"]);
        await _host.ApplyChangeAsync("keys/later_v1/publish", new { });

        (await _host.SendAsync(array, "delivery 2")).Text.ShouldBe(first.Text, "the replay before the release");
        var entry = first.Results[1].GetProperty("receipt_id").GetString();
        (await _host.PostAsOperatorAsync($"quarantine/{entry}/release", new { }))
            .Json.GetProperty("status")
            .GetString()
            .ShouldBe("released");
        (await _host.SendAsync(array, "delivery 3")).Text.ShouldBe(first.Text, "the replay after the release");

        (await EventsAsync("audience_member_added")).ShouldBe(2);
        (await _host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(2, "the one that waited and the one that was refused");
    }

    [Fact]
    public async Task A_request_with_its_ids_in_the_body_is_not_remembered_because_the_ids_are_signed()
    {
        var sample = Sample.With("event_id", "01JDEXAMPLE0123456789ABCD");
        var add = Capture(sample.ToJsonString());
        var first = await _host.SendAsync(add, "delivery 1");
        (await _host.SendAsync(add, "delivery 2")).Text.ShouldBe(first.Text);
        (await _host.ScalarAsync<long>("select count(*) from request_signatures")).ShouldBe(0);
    }

    [Fact]
    public async Task Signatures_are_dropped_by_day_once_their_timestamps_are_too_old_to_be_accepted()
    {
        await _host.SendAsync(Capture(Body("audience_add", "ann")), "delivery 1");
        var partitions = new BodyPartitionStore(
            _host.Server.Workspaces["default"].Get<WorkspaceDatabase>(),
            _clock,
            NullLogger<BodyPartitionStore>.Instance
        );
        _clock.Advance(TimeSpan.FromDays(31));
        await partitions.EnsureAsync(default);
        (await _host.ScalarAsync<long>("select count(*) from request_signatures")).ShouldBe(
            1,
            "the last moment of its day is 30 days old only now"
        );
        _clock.Advance(TimeSpan.FromDays(1));
        await partitions.EnsureAsync(default);
        (await _host.ScalarAsync<long>("select count(*) from pg_inherits where inhparent = 'request_signatures'::regclass")).ShouldBe(0);
        (await _host.SendAsync(Capture(Body("audience_add", "ben")), "delivery 2")).Status.ShouldBe(
            200,
            "a partition that was dropped or never created is created"
        );
    }

    /// <summary>
    /// Requests are sent, resent and replayed in any order, with any headers, to two Hosts; the log has what was sent first.
    /// </summary>
    [Fact]
    public async Task Requests_replayed_in_any_order_are_in_the_log_once()
    {
        var random = Seeded.Random(output);
        await using var second = await TestHost.StartAsync(
            SignedRequests.Options(_clock) with
            {
                Database = _host.Database,
                Platform = _host.Sandbox,
            }
        );
        var sent = new List<(SignedRequests.Captured Request, string Answer)>();
        for (var step = 0; step < 60; step++)
        {
            var host = random.Next(2) == 0 ? _host : second;
            if (sent.Count == 0 || random.Next(3) == 0)
            {
                var at = Now - TimeSpan.FromSeconds(random.Next(29 * 86_400)) + TimeSpan.FromSeconds(step);
                var count = random.Next(1, 4);
                var body =
                    count == 1
                        ? Body("audience_add", $"person {step}", Key(random))
                        : new JsonArray([
                            .. Enumerable.Range(0, count).Select(n => (JsonNode)Json("audience_add", $"person {step} {n}", Key(random))),
                        ]).ToJsonString();
                var request = SignedRequests.Capture(body, at);
                var answer = await host.SendAsync(request, $"delivery {step}");
                answer.Status.ShouldBeOneOf(200, 202);
                sent.Add((request, answer.Text));
            }
            else
            {
                var (request, answer) = sent[random.Next(sent.Count)];
                var again = await host.SendAsync(
                    request,
                    random.Next(3) == 0 ? null : $"replay {step}",
                    random.Next(2) == 0 ? null : $"replay key {step}"
                );
                again.Text.ShouldBe(answer, $"step {step}");
            }
        }

        var accepted = sent.Sum(one => one.Answer.Split("\"accepted\"").Length - 1);
        (await EventsAsync("audience_member_added")).ShouldBe(accepted);
    }

    private static string Key(Random random) => random.Next(4) == 0 ? "nobody_published_v1" : Sample.Key;

    private static JsonObject Json(string name, string person, string key = Sample.Key) =>
        new()
        {
            ["event"] = name,
            ["audience_key"] = key,
            ["person"] = new JsonObject { ["customer_id"] = person },
        };

    private static string Body(string name, string person, string key = Sample.Key) => Json(name, person, key).ToJsonString();

    private SignedRequests.Captured Capture(string body) => SignedRequests.Capture(body, _clock.GetUtcNow());

    private Task<long> EventsAsync(string type) => _host.ScalarAsync<long>($"select count(*) from mt_events where type = '{type}'");
}
