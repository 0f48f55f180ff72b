using System.Text.Json;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Events released from quarantine pass through ingest again, under the id they would have had.</summary>
public sealed class QuarantineReleaseTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly OffsetClock _clock = new(Now);

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = _clock });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_event_of_a_key_published_later_is_released_once_and_a_retry_of_its_sender_is_a_duplicate()
    {
        var held = await _host.SendEventAsync("add", "later_v1", "ann");
        held.Code.ShouldBe("unknown_audience_key");
        var id = held.ReceiptId()!;
        (await ReleaseAsync(id)).ShouldBe("held unknown_audience_key");

        await _host.ApplyChangeAsync("keys/later_v1/publish", new { });
        (await ReleaseAsync(id)).ShouldBe("released ");
        (await _host.PostAsOperatorAsync($"quarantine/{id}/release", new { })).Status.ShouldBe(404, "it is no longer open");
        (await _host.SendEventAsync("add", "later_v1", "ann")).Status.ShouldBe(200);
        (await CountAsync("later_v1")).ShouldBe(1);
        (await _host.ScalarAsync<short>($"select state from quarantine where id = '{id}'")).ShouldBe((short)2);
    }

    [Fact]
    public async Task An_id_from_a_header_is_kept_with_the_entry()
    {
        var sample = Sample.Without("event_id");
        sample["audience_key"] = "later_v1";
        sample["occurred_at"] = "2026-01-01T00:00:00Z";
        var at = _clock.GetUtcNow();
        var held = await _host.SendAsync(Request(at));
        await _host.ApplyChangeAsync("keys/later_v1/publish", new { });
        (await ReleaseAsync(held.ReceiptId()!)).ShouldBe("released ");
        (await _host.SendAsync(Request(at))).ReceiptId().ShouldBe(held.ReceiptId(), "the same signed bytes get the same receipt");
        (await _host.SendAsync(Request(at.AddSeconds(1)))).Status.ShouldBe(200);
        (await CountAsync("later_v1")).ShouldBe(1);

        HttpRequestMessage Request(DateTimeOffset signedAt)
        {
            var request = Webhook.Signed(sample.ToJsonString(), signedAt);
            request.Headers.Add("x-cio-idempotency-key", "header 1");
            return request;
        }
    }

    [Fact]
    public async Task An_event_from_the_future_is_released_once_its_time_has_come()
    {
        var sample = Sample.With("occurred_at", "2026-01-04T00:00:00Z");
        var held = await _host.PostAsync(sample);
        held.Code.ShouldBe("occurred_in_future");
        (await ReleaseAsync(held.ReceiptId()!)).ShouldBe("held occurred_in_future");
        _clock.Advance(TimeSpan.FromDays(2));
        (await ReleaseAsync(held.ReceiptId()!)).ShouldBe("released ");
    }

    [Fact]
    public async Task An_event_without_a_time_gets_the_time_of_its_receipt_and_not_of_its_release()
    {
        var sample = Sample.With("event", "audience_remove");
        sample["audience_key"] = "later_v1";
        sample.Remove("occurred_at").ShouldBeTrue();
        (await _host.PostAsync(sample)).Code.ShouldBe("unknown_audience_key");
        _clock.Advance(TimeSpan.FromDays(2));

        await _host.ApplyChangeAsync("keys/later_v1/publish", new { });
        await Waiting.UntilAsync(() => _host.ScalarAsync<bool>("select state = 2 from quarantine"), () => "The removal is still waiting.");

        (
            await _host.ScalarAsync<bool>(
                "select (data->>'occurredAt')::timestamptz < '2026-01-03' from mt_events where type = 'audience_member_removed'"
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task Refused_events_and_test_sends_are_never_released_and_discarded_ones_stay_discarded()
    {
        var refused = await _host.PostAsync(Sample.Without("person"));
        refused.Status.ShouldBe(422);
        var entry = await _host.ScalarAsync<Guid>("select id from quarantine where refused");
        (await ReleaseAsync(entry.ToString())).ShouldBe("held missing_person");
        var test = await _host.PostAsync(Sample.With("event_id", "unsent"));
        (await ReleaseAsync(test.ReceiptId()!)).ShouldBe("held test_send");
        (await _host.PostAsOperatorAsync($"quarantine/{test.ReceiptId()}/discard", new { })).Status.ShouldBe(200);
        (await _host.PostAsOperatorAsync($"quarantine/{test.ReceiptId()}/release", new { })).Code.ShouldBe("unknown_quarantine_entry");
    }

    [Fact]
    public async Task The_body_that_was_sent_is_shown_only_on_request()
    {
        var held = await _host.SendEventAsync("add", "later_v1", "ann");
        (await _host.GetAsync($"/v1/quarantine/{held.ReceiptId()}")).GetProperty("body").ValueKind.ShouldBe(JsonValueKind.Null);
        (await _host.GetAsync($"/v1/quarantine/{held.ReceiptId()}?body=true"))
            .GetProperty("body")
            .GetString()!
            .ShouldContain("ann@example.com");
    }

    [Fact]
    public async Task All_entries_with_one_reason_are_released_together_and_by_the_command_too()
    {
        for (var n = 0; n < 5; n++)
        {
            (await _host.SendEventAsync("add", "later_v1", $"person{n}")).Status.ShouldBe(202);
        }

        await _host.ApplyChangeAsync("keys/later_v1/publish", new { });
        var first = await _host.ScalarAsync<Guid>("select id from quarantine order by id limit 1");
        var environment = new Dictionary<string, string>
        {
            ["AUDIENCESYNC_POSTGRES"] = _host.Database,
            ["AUDIENCESYNC_CONFIG"] = _host.ConfigPath,
            ["AUDIENCESYNC_MASTER_KEY"] = TestHostFiles.MasterKey,
        };
        var released = await CommandRun.RunAsync(environment, "quarantine", "release", first.ToString());
        released.ShouldBe(new CommandRun(0, $"{first} released\n", ""));
        (await CommandRun.RunAsync(environment, "quarantine", "list", "--reason", "unknown_audience_key"))
            .Output.TrimEnd()
            .Split('\n')
            .Length.ShouldBe(4);

        var answer = await _host.PostAsOperatorAsync("quarantine/release?reason=unknown_audience_key", new { });
        answer
            .Json.GetProperty("results")
            .EnumerateArray()
            .Count(result => result.GetProperty("status").GetString() == "released")
            .ShouldBe(4);
        (await CountAsync("later_v1")).ShouldBe(5);
    }

    private async Task<string> ReleaseAsync(string id)
    {
        var answer = await _host.PostAsOperatorAsync($"quarantine/{id}/release", new { });
        answer.Status.ShouldBe(200, answer.Text);
        return $"{answer.Json.GetProperty("status").GetString()} {answer.Json.GetProperty("code").GetString()}";
    }

    private Task<long> CountAsync(string key) =>
        _host.ScalarAsync<long>($"select count(*) from mt_events where type like 'audience_member%' and data->>'audienceKey' = '{key}'");
}
