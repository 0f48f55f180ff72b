using AudienceSync.Connectors.Meta;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>Contracts/meta.md 2: when versions of the API end.</summary>
public sealed class MetaVersionsTests
{
    [Fact]
    public void The_newest_version_is_the_default() => MetaSettings.DefaultApiVersion.ShouldBe("v27.0");

    [Theory]
    [InlineData("v25.0", "2026-11-24T23:59:59Z", CheckState.Good, "good")]
    [InlineData("v25.0", "2026-11-25T00:00:00Z", CheckState.Warning, "meta_version_ends")]
    [InlineData("v25.0", "2026-11-29T18:00:00Z", CheckState.Warning, "meta_version_ends")]
    [InlineData("v25.0", "2027-02-22T23:59:59Z", CheckState.Warning, "meta_version_ends")]
    [InlineData("v25.0", "2027-02-23T00:00:00Z", CheckState.Bad, "meta_version_ended")]
    [InlineData("v25.0", "2030-01-01T00:00:00Z", CheckState.Bad, "meta_version_ended")]
    [InlineData("v24.0", "2026-08-11T23:59:59Z", CheckState.Good, "good")]
    [InlineData("v24.0", "2026-11-09T12:00:00Z", CheckState.Warning, "meta_version_ends")]
    [InlineData("v24.0", "2026-11-10T00:00:00Z", CheckState.Bad, "meta_version_ended")]
    [InlineData("v23.0", "2026-01-01T00:00:00Z", CheckState.Bad, "meta_version_ended")]
    [InlineData("v2.10", "2026-11-29T18:00:00Z", CheckState.Bad, "meta_version_ended")]
    [InlineData("v26.0", "2026-11-29T18:00:00Z", CheckState.Good, "good")]
    [InlineData("v27.0", "2026-11-29T18:00:00Z", CheckState.Good, "good")]
    [InlineData("v28.0", "2026-11-29T18:00:00Z", CheckState.Warning, "meta_version_not_known")]
    [InlineData("v25.1", "2026-11-29T18:00:00Z", CheckState.Warning, "meta_version_not_known")]
    public void A_version_is_reported_from_ninety_days_before_its_end(string version, string now, CheckState state, string code)
    {
        var finding = MetaVersions.Check(version, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

        (finding.What, finding.State, finding.Code).ShouldBe(("version", state, code));
        (finding.Advice.Length > 0).ShouldBe(state != CheckState.Good);
        if (code == "meta_version_ends")
        {
            finding.Advice.ShouldContain(version == "v25.0" ? "2027-02-23" : "2026-11-10");
        }
    }

    [Fact]
    public async Task A_check_reports_the_version_by_the_destination_clock()
    {
        var clock = new ManualTime();
        clock.Advance(new DateTimeOffset(2027, 3, 1, 0, 0, 0, TimeSpan.Zero) - clock.GetUtcNow());
        var section = Section.Of("act_1001", ("token", new Secret("ABC")), ("api_version", "v25.0"));
        var network = ScriptedNetwork.Answering(200, """{"tos_accepted":{"custom_audience_tos":1},"id":"act_1001"}""");
        var checks = (IChecks)Destinations.Create("meta", section, new DestinationDependencies(network, clock, new Random(1))).Destination!;

        (await checks.CheckAsync([], CancellationToken.None)).ShouldContain(finding =>
            finding.Code == "meta_version_ended" && finding.State == CheckState.Bad
        );
    }
}
