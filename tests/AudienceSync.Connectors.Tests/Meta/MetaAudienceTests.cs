using AudienceSync.Connectors.Meta;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>Contracts/meta.md 5, 11 and 12: audiences by name, their state, the terms.</summary>
public sealed class MetaAudienceTests
{
    private static readonly AudienceDefinition Wanted = new("carts", "who left one", TimeSpan.FromDays(90));

    [Fact]
    public async Task An_audience_of_this_name_is_adopted_from_any_page()
    {
        var network = Answering(
            """{"data":[{"id":"1","name":"carts","subtype":"WEBSITE"}],"paging":{"cursors":{"after":"QVFI"},"next":"https://graph.facebook.com/x?access_token=ABC"}}""",
            """{"data":[{"id":"238500000000001","name":"carts","subtype":"CUSTOM"}],"paging":{"cursors":{"after":"end"}}}"""
        );

        (await Maker(network).EnsureAsync(Wanted, CancellationToken.None)).ShouldBe(
            new EnsuredAudience(Outcome.Done, new RemoteAudienceId("238500000000001"), AlreadyExisted: true)
        );

        network
            .Sent.Select(sent => Uri.UnescapeDataString(sent.Url.PathAndQuery))
            .ShouldBe([
                "/v27.0/act_1001/customaudiences?fields=id,name,subtype&limit=200",
                "/v27.0/act_1001/customaudiences?fields=id,name,subtype&limit=200&after=QVFI",
            ]);
    }

    [Fact]
    public async Task A_missing_audience_is_created_and_never_twice()
    {
        var network = Answering("""{"data":[]}""", """{"id":"88888888888888888"}""");

        (await Maker(network).EnsureAsync(Wanted, CancellationToken.None)).ShouldBe(
            new EnsuredAudience(Outcome.Done, new RemoteAudienceId("88888888888888888"))
        );

        network.Sent[1].Method.ShouldBe("POST");
        network
            .Sent[1]
            .Body.ShouldBe(
                """{"name":"carts","subtype":"CUSTOM","description":"who left one","customer_file_source":"USER_PROVIDED_ONLY","enable_fetch_or_create":true,"retention_days":90}"""
            );
    }

    [Fact]
    public async Task Two_audiences_with_the_same_name_need_a_human() =>
        (
            await Maker(
                    Answering("""{"data":[{"id":"1","name":"carts","subtype":"CUSTOM"},{"id":"2","name":"carts","subtype":"CUSTOM"}]}""")
                )
                .EnsureAsync(Wanted, CancellationToken.None)
        ).Outcome.ShouldBe(new Outcome(OutcomeKind.StopAudience, "meta_name_is_there_twice"));

    [Theory]
    [InlineData(2663, null)]
    [InlineData(2664, null)]
    [InlineData(200, 1870090)]
    public async Task Terms_that_are_not_accepted_stop_the_account_and_create_nothing(int code, int? subcode)
    {
        var network = Answering($$$"""{"error":{"code":{{{code}}},"error_subcode":{{{subcode ?? 0}}}}}""");

        (await Maker(network).EnsureAsync(Wanted, CancellationToken.None)).Outcome.Kind.ShouldBe(OutcomeKind.StopAccount);
        network.Sent.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(
        "\"operation_status\":{\"code\":200},\"delivery_status\":{\"code\":200},"
            + "\"approximate_count_lower_bound\":1000,\"approximate_count_upper_bound\":1200",
        AudienceState.Ready,
        "meta_status_200",
        1000L,
        1200L
    )]
    [InlineData(
        "\"operation_status\":{\"code\":200},\"delivery_status\":{\"code\":300},\"approximate_count_lower_bound\":-1",
        AudienceState.TooSmall,
        "meta_delivery_300",
        null,
        null
    )]
    [InlineData("\"operation_status\":{\"status\":471}", AudienceState.NeedsHuman, "meta_status_471", null, null)]
    [InlineData("\"operation_status\":{\"code\":414}", AudienceState.Busy, "meta_status_414", null, null)]
    [InlineData("\"operation_status\":{\"code\":999}", AudienceState.Unknown, "meta_status_999", null, null)]
    [InlineData("\"x\":1", AudienceState.Unknown, "meta_status_not_reported", null, null)]
    public async Task The_state_of_an_audience_shows_whether_it_can_be_used(
        string fields,
        AudienceState state,
        string code,
        long? least,
        long? most
    ) =>
        (
            await Maker(Answering($$"""{"id":"5","name":"carts",{{fields}}}"""))
                .ReadAsync(new RemoteAudienceId("5"), CancellationToken.None)
        ).ShouldBe(new AudienceReport(Outcome.Done, state, code, "carts", least, most));

    [Theory]
    [InlineData("1767225600", "2026-01-01T00:00:00Z")]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("999999999999999", null)]
    public async Task A_report_has_the_time_of_the_last_change_where_there_is_one(string seconds, string? expected)
    {
        var answer = $$"""{"id":"5","name":"carts","time_content_updated":{{seconds}}}""";
        var report = await Maker(Answering(answer)).ReadAsync(new RemoteAudienceId("5"), CancellationToken.None);

        report.UpdatedAt.ShouldBe(
            expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    [Fact]
    public void Every_operation_status_of_the_contract_has_a_state() =>
        MetaAudienceState
            .Known.Keys.Order()
            .ShouldBe([0, 100, 200, 300, 400, 410, 411, 412, 414, 415, 421, 422, 423, 431, 432, 433, 434, 441, 442, 450, 470, 471, 500]);

    [Fact]
    public async Task An_audience_is_deleted_unless_others_depend_on_it()
    {
        var network = Answering("""{"success":true}""", """{"error":{"code":2656}}""");

        (await Maker(network).DeleteAsync(new RemoteAudienceId("5"), CancellationToken.None)).ShouldBe(Outcome.Done);
        (await Maker(network).DeleteAsync(new RemoteAudienceId("5"), CancellationToken.None)).ShouldBe(
            new Outcome(OutcomeKind.StopAudience, "meta_2656")
        );
        network.Sent[0].Method.ShouldBe("DELETE");
        network.Sent[0].Url.AbsolutePath.ShouldBe("/v27.0/5");
    }

    [Fact]
    public async Task A_check_reads_terms_and_states_and_gives_advice()
    {
        var network = Answering("""{"tos_accepted":{"custom_audience_tos":0},"id":"act_1001"}""", """{"operation_status":{"code":471}}""");
        var findings = await Checks(network).CheckAsync([new RemoteAudienceId("5")], CancellationToken.None);

        findings
            .Select(finding => (finding.What, finding.State, finding.Code))
            .ShouldBe([
                ("token", CheckState.Good, "good"),
                ("permission", CheckState.Good, "good"),
                ("terms", CheckState.Bad, "meta_terms_not_accepted"),
                ("version", CheckState.Good, "good"),
                ("audience", CheckState.Bad, "meta_status_471"),
            ]);
        findings[4].Advice.ShouldContain("flagged");
        Uri.UnescapeDataString(network.Sent[0].Url.PathAndQuery).ShouldBe("/v27.0/act_1001?fields=tos_accepted");

        var expired = (await Checks(Answering("""{"error":{"code":190,"error_subcode":463}}""")).CheckAsync([], CancellationToken.None))[0];
        expired.What.ShouldBe("token");
        expired.Advice.ShouldContain("expired");
        Checks(network).CheckName("")!.State.ShouldBe(CheckState.Bad);
    }

    [Theory]
    [InlineData("act_1001", "6", "audience")]
    [InlineData("act_1001", "51", "audience")]
    [InlineData("act_1001", "act_5", "audience")]
    [InlineData("act_2001", "5", "token")]
    [InlineData("1001", "5", "token")]
    public async Task The_state_of_another_audience_or_account_is_not_accepted(string account, string audience, string what)
    {
        var network = Answering(
            $$$"""{"tos_accepted":{"custom_audience_tos":1},"id":"{{{account}}}"}""",
            $$$"""{"id":"{{{audience}}}","operation_status":{"code":200}}"""
        );

        var findings = await Checks(network).CheckAsync([new RemoteAudienceId("5")], CancellationToken.None);

        var wrong = findings.Where(finding => finding.Code == "answer_about_another").ShouldHaveSingleItem();
        (wrong.What, wrong.State is CheckState.Good or CheckState.Warning).ShouldBe((what, false));
    }

    [Fact]
    public async Task An_audience_that_a_shifted_page_repeats_counts_once()
    {
        const string carts = """{"id":"7","name":"carts","subtype":"CUSTOM"}""";
        var network = Answering(
            $$$"""{"data":[{{{carts}}}],"paging":{"cursors":{"after":"a"},"next":"https://graph.facebook.com/x"}}""",
            $$$"""{"data":[{{{carts}}}]}"""
        );

        (await Maker(network).EnsureAsync(Wanted, CancellationToken.None)).ShouldBe(
            new EnsuredAudience(Outcome.Done, new RemoteAudienceId("7"), AlreadyExisted: true)
        );
    }

    private static ScriptedNetwork Answering(params string[] bodies) =>
        new([
            .. bodies.Select<string, Func<CancellationToken, Task<HttpResponseMessage>>>(body =>
                _ => Task.FromResult(ScriptedNetwork.Response(200, body))
            ),
        ]);

    private static IAudienceFactory Maker(ScriptedNetwork network) => (IAudienceFactory)Checks(network);

    private static IChecks Checks(ScriptedNetwork network) =>
        (IChecks)
            Destinations
                .Create(
                    "meta",
                    Section.Of("act_1001", ("token", new Secret("ABC"))),
                    new DestinationDependencies(network, new ManualTime(), new Random(1))
                )
                .Destination!;
}
