using System.Text.Json;
using AudienceSync.Connectors.Meta;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>What is sent over the wire (contracts/meta.md 2, 3 and 6.1), and what happens without a response.</summary>
public sealed class MetaCallTests
{
    private const string MaryEmail = "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79";
    private const string MaryPhone = "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e";

    private readonly ScriptedNetwork _network = ScriptedNetwork.Answering(200, MetaAccountOnWire.Taken);

    [Theory]
    [InlineData(MemberOperation.Add, "POST")]
    [InlineData(MemberOperation.Remove, "DELETE")]
    public async Task A_call_is_a_POST_or_a_DELETE_with_the_same_body(MemberOperation operation, string method)
    {
        await new MetaAccountOnWire(_network).SendAsync(operation, [MetaAccountOnWire.Mary]);

        var sent = _network.Sent.ShouldHaveSingleItem();
        sent.Method.ShouldBe(method);
        sent.Url.ShouldBe(new Uri("https://graph.facebook.com/v27.0/238500000000001/users"));
        sent.Authorization.ShouldBe("Bearer ABC");
        sent.ContentType.ShouldBe("application/json");
        sent.ContentLength.ShouldBe(sent.Body.Length);
        sent.Body.ShouldBe($$$"""{"payload":{"schema":["EMAIL","PHONE"],"data":[["{{{MaryEmail}}}","{{{MaryPhone}}}"]]}}""");
    }

    [Fact]
    public async Task A_missing_cell_is_empty_and_the_schema_never_changes()
    {
        await new MetaAccountOnWire(_network).AddAsync(
            MetaAccountOnWire.Mary with
            {
                Phone = null,
            },
            MetaAccountOnWire.Mary with
            {
                Email = null,
            },
            MetaAccountOnWire.Mary with
            {
                Email = "",
                Phone = "",
            },
            MetaAccountOnWire.Mary with
            {
                Email = "not an address",
            }
        );

        var payload = JsonDocument.Parse(_network.Sent[0].Body).RootElement.GetProperty("payload");
        payload.GetProperty("schema").GetRawText().ShouldBe("""["EMAIL","PHONE"]""");
        payload.GetProperty("data").GetRawText().ShouldBe($$"""[["{{MaryEmail}}",""],["","{{MaryPhone}}"],["","{{MaryPhone}}"]]""");
    }

    [Fact]
    public async Task No_raw_personal_data_is_in_the_request()
    {
        await new MetaAccountOnWire(_network).AddAsync(new PersonIdentifiers("id-77", "\"},{\"@x.y", "+1 555 987 6543", "US"));

        var sent = _network.Sent[0];
        sent.Body.ShouldNotContain("id-77");
        sent.Body.ShouldNotContain("@");
        sent.Body.ShouldNotContain("5559876543");
        sent.Url.Query.ShouldBeEmpty();
        JsonDocument.Parse(sent.Body).RootElement.GetProperty("payload").GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task With_an_app_secret_each_attempt_carries_the_timed_proof_of_the_contract()
    {
        var account = new MetaAccountOnWire(_network, "dummySecret");
        await account.AddAsync(MetaAccountOnWire.Mary);
        account.Clock.Advance(TimeSpan.FromMinutes(6));
        await account.AddAsync(MetaAccountOnWire.Mary);

        _network
            .Sent[0]
            .Url.Query.ShouldBe(
                "?appsecret_proof=d103874f3b5f01f57c4f84edfb96ac94055da8f83c2b45e6f26dafca9188ff4d&appsecret_time=1697328000"
            );
        _network.Sent[1].Url.Query.ShouldEndWith("appsecret_time=1697328360");
        _network.Sent[1].Url.Query.ShouldNotContain("d103874f3b5f01f57c4f84edfb96ac94055da8f83c2b45e6f26dafca9188ff4d");
    }

    [Theory]
    [InlineData("")]
    [InlineData("../me")]
    [InlineData("1/users?x=")]
    [InlineData("\u0661")]
    [InlineData("123456789012345678901")]
    public async Task An_invalid_audience_id_never_reaches_a_URL(string audience)
    {
        var result = await new MetaAccountOnWire(_network).SendAsync(MemberOperation.Add, [MetaAccountOnWire.Mary], audience);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"));
        _network.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_member_of_an_unknown_normalizer_is_reported_and_does_not_fail_the_call()
    {
        var destination = Destinations
            .Create(
                "meta",
                Section.Of("act_1001", ("token", new Secret("ABC"))),
                new DestinationDependencies(_network, new ManualTime(), new Random(1))
            )
            .Destination!;
        Member[] members = [new(MetaAccountOnWire.Mary, new NormalizerVersion(99)), new(MetaAccountOnWire.Mary, MetaNormalizer.Current)];

        var result = await destination.SendAsync(
            new MemberCall(new RemoteAudienceId("1"), MemberOperation.Remove, members),
            CancellationToken.None
        );

        result.Outcome.ShouldBe(Outcome.Done);
        result.Invalid.ShouldHaveSingleItem().ShouldBe(new RefusedMember(0, "unknown_normalizer_version"));
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    public async Task A_call_without_a_connection_is_retried_once_after_a_short_wait(HttpRequestError error)
    {
        var network = new ScriptedNetwork(
            _ => throw new HttpRequestException(error),
            _ => Task.FromResult(ScriptedNetwork.Response(200, MetaAccountOnWire.Taken))
        );
        var account = new MetaAccountOnWire(network);
        var sending = account.AddAsync(MetaAccountOnWire.Mary);
        await account.Clock.WaitersAsync(1);

        account.Clock.Advance(TimeSpan.FromMilliseconds(199));
        network.Sent.Count.ShouldBe(1);
        account.Clock.Advance(TimeSpan.FromMilliseconds(801));

        (await sending).Outcome.ShouldBe(Outcome.Done);
        network.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_fails_twice_is_retried_by_the_engine()
    {
        var network = new ScriptedNetwork(_ => throw new HttpRequestException(HttpRequestError.ConnectionError));
        var account = new MetaAccountOnWire(network);
        var sending = account.AddAsync(MetaAccountOnWire.Mary);
        await account.Clock.WaitersAsync(1);
        account.Clock.Advance(TimeSpan.FromSeconds(1));

        (await sending).Outcome.ShouldBe(new Outcome(OutcomeKind.Retry, "network"));
        network.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_sending_is_not_retried_here()
    {
        foreach (
            var failure in new Exception[]
            {
                new HttpRequestException(HttpRequestError.ResponseEnded),
                new IOException("reset"),
                new HttpRequestException(),
            }
        )
        {
            var network = new ScriptedNetwork(_ => throw failure);

            var result = await new MetaAccountOnWire(network).AddAsync(MetaAccountOnWire.Mary);

            result.Outcome.ShouldBe(new Outcome(OutcomeKind.Retry, "network"));
            network.Sent.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_platform_that_does_not_respond_is_given_up_after_the_call_timeout()
    {
        var network = new ScriptedNetwork(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException("This cannot be reached.");
        });
        var account = new MetaAccountOnWire(network);
        var sending = account.AddAsync(MetaAccountOnWire.Mary);
        await account.Clock.WaitersAsync(1);

        account.Clock.Advance(MetaLimits.CallTimeout);

        (await sending).Outcome.ShouldBe(new Outcome(OutcomeKind.Retry, "timeout"));
        network.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_connect_timeout_of_the_handler_is_a_timeout_and_not_a_cancellation()
    {
        var network = new ScriptedNetwork(_ => throw new TaskCanceledException("connect", new TimeoutException()));

        (await new MetaAccountOnWire(network).AddAsync(MetaAccountOnWire.Mary)).Outcome.Code.ShouldBe("timeout");
    }

    [Fact]
    public async Task There_are_no_jobs_to_wait_for()
    {
        var destination = Destinations
            .Create(
                "meta",
                Section.Of("act_1001", ("token", new Secret("ABC"))),
                new DestinationDependencies(_network, new ManualTime(), new Random(1))
            )
            .Destination!;

        (await destination.PollJobAsync(new JobHandle("x"), CancellationToken.None)).State.ShouldBe(JobState.Confirmed);
        _network.Sent.ShouldBeEmpty();
    }
}
