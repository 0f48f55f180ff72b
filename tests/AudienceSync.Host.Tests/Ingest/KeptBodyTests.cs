using System.Text;
using AudienceSync.Domain;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class KeptBodyTests : IAsyncLifetime
{
    private const string Canary = "canary.of.quarantine@example.com";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(IngestHost.Options);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("event", "\"\"", "missing_event", true)]
    [InlineData("person", "\"" + Canary + "\"", "invalid_person", true)]
    [InlineData("audience_key", "\"nobody_published_v1\"", "unknown_audience_key", false)]
    public async Task A_body_that_is_not_applied_is_kept_sealed_and_can_be_opened(string field, string value, string code, bool refused)
    {
        var sample = Sample.With(field, System.Text.Json.Nodes.JsonNode.Parse(value));
        sample["note"] = Canary;
        var body = sample.ToJsonString();
        (await _host.PostAsync(body)).Code.ShouldBe(code);
        (await _host.ScalarAsync<string>("select reason from quarantine")).ShouldBe(code);
        (await _host.ScalarAsync<bool>("select refused from quarantine")).ShouldBe(refused);
        (await OpenAsync()).ShouldBe(body);
        await ShouldNotHoldTheCanaryAsync();
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_kept_too()
    {
        await _host.PostAsync("{" + Canary);
        (await OpenAsync()).ShouldBe("{" + Canary);
        await ShouldNotHoldTheCanaryAsync();
    }

    [Fact]
    public async Task Only_the_items_of_an_array_that_were_not_applied_are_kept_and_can_be_opened()
    {
        var held = Sample.With("audience_key", "nobody_published_v1").ToJsonString();
        await _host.PostAsync($"[{Sample.Event().ToJsonString()}, {held}]");
        (await OpenAsync()).ShouldBe(held);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_recorded_but_not_kept()
    {
        (await _host.SendAsync(Webhook.Signed(new byte[Limits.BodyBytes + 1]))).Status.ShouldBe(413);
        (await _host.ScalarAsync<int>("select body_bytes from quarantine where reason = 'body_too_large'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("unauthorized")]
    [InlineData("signature_missing")]
    [InlineData("signature_wrong")]
    public async Task Nothing_is_kept_of_an_unauthenticated_sender(string code)
    {
        (await _host.SendAsync(RefusalCases.ByCode[code]().First())).Status.ShouldBe(401);
        (await _host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
        (await _host.ScalarAsync<long>("select count(*) from raw_bodies")).ShouldBe(0);
    }

    [Fact]
    public async Task A_host_that_was_idle_past_its_prepared_days_keeps_the_next_webhook()
    {
        var clock = new OffsetClock(Sample.Now);
        await using var host = await TestHost.StartAsync(IngestHost.Options with { Clock = clock });
        clock.Advance(TimeSpan.FromDays(30));
        (await host.PostAsync(Sample.Event())).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromDays(1));
        (await host.PostAsync(Sample.Event())).Status.ShouldBe(200);
        (await host.ScalarAsync<long>("select count(*) from raw_bodies")).ShouldBe(2);
    }

    private async Task<string> OpenAsync()
    {
        var seal = new BodySeal(
            new MasterKeys(new MasterKey(1, Convert.FromBase64String(TestHostFiles.MasterKey))),
            new byte[MasterKey.KeyBytes]
        );
        var cipher = await _host.ScalarAsync<byte[]>("select cipher from quarantine");
        return Encoding.UTF8.GetString(seal.Open(Sample.Now, keyVersion: 1, cipher));
    }

    private async Task ShouldNotHoldTheCanaryAsync() => (await DatabaseText.ReadAsync(_host)).ShouldHoldNone([Canary]);
}
