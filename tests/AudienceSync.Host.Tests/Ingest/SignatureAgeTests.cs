using System.Globalization;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>A signed timestamp is accepted for as long as its signature is remembered.</summary>
public sealed class SignatureAgeTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(SignedRequests.Options(new SetClock(Sample.Now)));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(0, null)]
    [InlineData(30 * 86_400, null)]
    [InlineData((30 * 86_400) + 1, "signature_expired")]
    [InlineData(1_000_000_000, "signature_expired")]
    [InlineData(-86_400, null)]
    [InlineData(-86_401, "signature_in_future")]
    [InlineData(-40 * 86_400, "signature_in_future")]
    public async Task A_timestamp_may_be_thirty_days_old_and_a_day_ahead(int age_s, string? code)
    {
        var answer = await SendAsync((Sample.Now.ToUnixTimeSeconds() - age_s).ToString(CultureInfo.InvariantCulture));
        answer.Status.ShouldBe(code is null ? 200 : 401, answer.Text);
        (code is null ? null : answer.Code).ShouldBe(code);
        (await _host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0, "nothing is kept of an unauthenticated request");
    }

    [Theory]
    [InlineData("161426538411111111111")]
    [InlineData("111111111111111111111111111111111111111111")]
    [InlineData("99999999999999999999")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("0x1F")]
    [InlineData("soon")]
    [InlineData("2026-11-21T09:30:00Z")]
    public async Task A_timestamp_that_is_not_a_number_of_seconds_is_refused_with_its_code(string timestamp) =>
        (await SendAsync(timestamp)).Code.ShouldBe("invalid_signature_timestamp");

    [Theory]
    [InlineData(1_000L)]
    [InlineData(1_000_000L)]
    [InlineData(1_000_000_000L)]
    public async Task Milliseconds_and_smaller_units_are_recognized(long factor)
    {
        (await SendAsync((Sample.Now.ToUnixTimeSeconds() * factor).ToString(CultureInfo.InvariantCulture))).Status.ShouldBe(200);
        (await SendAsync(((Sample.Now.ToUnixTimeSeconds() - (31 * 86_400)) * factor).ToString(CultureInfo.InvariantCulture))).Code.ShouldBe(
            "signature_expired"
        );
    }

    [Fact]
    public async Task A_wrong_signature_is_wrong_with_any_timestamp()
    {
        var request = Webhook.Request(Sample.Event().ToJsonString(), TestHostFiles.SignedToken).With("1", new string('0', 64));
        (await _host.SendAsync(request)).Code.ShouldBe("signature_wrong");
    }

    [Fact]
    public async Task A_source_may_allow_less_and_may_sign_over_any_text_when_age_is_not_checked()
    {
        await using var strict = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = new SetClock(Sample.Now),
                Yaml = yaml => yaml.Replace("signature_max_age_d: 0", "signature_max_age_d: 7", StringComparison.Ordinal),
            }
        );
        (await SendAsync(strict, Sample.Now.AddDays(-7).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))).Status.ShouldBe(200);
        (await SendAsync(strict, Sample.Now.AddDays(-8).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))).Code.ShouldBe(
            "signature_expired"
        );

        await using var any = await TestHost.StartAsync(IngestHost.Options);
        (await SendAsync(any, "2026-11-21T09:30:00Z")).Status.ShouldBe(200);
        (await SendAsync(any, "161426538411111111111")).Code.ShouldBe("invalid_signature_timestamp");
    }

    private Task<Answer> SendAsync(string timestamp) => SendAsync(_host, timestamp);

    private static Task<Answer> SendAsync(TestHost host, string timestamp) =>
        host.SendAsync(SignedRequests.Capture(Sample.Event().ToJsonString(), timestamp));
}
