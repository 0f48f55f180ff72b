using AudienceSync.Domain.Alerts;

namespace AudienceSync.Domain.Tests.Alerts;

public sealed class WeeklyDigestTests
{
    private static readonly DateTimeOffset To = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);
    private static readonly AlertSettings Settings = new()
    {
        Owners = [new AlertOwner("growth", ["cart"], ["growth_mail"]), new AlertOwner("retention", ["winback"], [])],
    };

    private static readonly WeekReading Week = new(To.AddDays(-7), To)
    {
        Incidents =
        [
            new WeekIncidents("drift", AlertSeverity.Warning, 2, 1, TimeSpan.FromMinutes(12), TimeSpan.FromMinutes(43)),
            new WeekIncidents("token_refused", AlertSeverity.Critical, 1, 0, null, null),
        ],
        Removals = [new WeekRemovals("meta_main", 1204, TimeSpan.FromSeconds(12), TimeSpan.FromMinutes(3))],
        Firing =
        [
            Firing(AlertRules.RemovalsLate, "meta_main/cart", AlertSeverity.Warning) with
            {
                Condition = AlertRun.Of(AlertRules.RemovalsLate, "meta_main/cart") with { Owner = "growth" },
            },
            Firing(AlertRules.DiskFull, "workspace", AlertSeverity.Warning),
            Firing(AlertRules.TokenRefused, "meta_main", AlertSeverity.Critical),
            Firing(AlertRules.Drift, "meta_main/winback", AlertSeverity.Warning) with
            {
                Status = AlertStatus.Pending,
            },
        ],
        Silences =
        [
            new AlertSilence("disk_full", null, null, To.AddHours(4)),
            new AlertSilence(null, "meta_main", null, To.AddSeconds(30)),
        ],
    };

    [Fact]
    public void It_has_the_incidents_what_fires_what_is_silenced_and_the_slowest_accounts()
    {
        var notice = Of("mail", AlertSeverity.Warning);

        notice.Headline.ShouldBe("[DIGEST] Week to 2026-11-30: incidents 3, firing now 2");
        (notice.Rule, notice.Group, notice.Members.Count).ShouldBe(("weekly_digest", "mail", 0));
        notice
            .Sections.Select(Text)
            .ShouldBe([
                "Incidents of the week: Access token refused (critical) began 1 recovered 0; "
                    + "Remote audience differs from what it should have (warning) began 2 recovered 1"
                    + " median time to recovery 12 min longest 43 min",
                "Firing now: Access token refused (critical) subject meta_main since 2026-11-30 07:00:00Z for 1 h 1 min; "
                    + "Disk nearly full (warning) subject workspace since 2026-11-30 07:00:00Z for 1 h 1 min silenced yes",
                "Silenced now: Disk nearly full until 2026-11-30 12:00:00Z",
                "Removals, the slowest accounts first: meta_main removals 1,204 p99 12 s slowest 3 min",
            ]);
    }

    [Fact]
    public void An_owner_gets_what_is_theirs_and_nothing_else()
    {
        var notice = Of("growth_mail", AlertSeverity.Warning);
        notice.Sections.Select(section => section.Title).ShouldBe(["Incidents of the week", "Firing now"]);
        notice.Sections[1].Members.Single().Facts[0].Value.ShouldBe("meta_main/cart");
    }

    [Fact]
    public void A_channel_of_what_is_critical_gets_nothing_else()
    {
        var notice = Of("mail", AlertSeverity.Critical);
        notice.Headline.ShouldBe("[DIGEST] Week to 2026-11-30: incidents 1, firing now 1");
        notice.Sections.Take(2).ShouldAllBe(section => section.Members.Single().Subject == "Access token refused (critical)");
    }

    [Fact]
    public void It_goes_to_its_channel_alone()
    {
        AlertChannelRoute[] channels = [new("slack", AlertSeverity.Warning, true), new("mail", AlertSeverity.Critical, true)];
        AlertChannelRoute.Of(Of("mail", AlertSeverity.Critical), channels, Settings).ShouldBe(["mail"]);
    }

    [Theory]
    [InlineData("mail", null, true)]
    [InlineData("mail", "retention", true)]
    [InlineData("mail", "nobody", true)]
    [InlineData("mail", "growth", false)]
    [InlineData("growth_mail", null, false)]
    [InlineData("growth_mail", "retention", false)]
    [InlineData("growth_mail", "growth", true)]
    public void A_reserved_channel_gets_what_its_owner_has_and_the_common_ones_the_rest(string channel, string? owner, bool expected) =>
        ChannelScope.Of(channel, Settings).Has(owner).ShouldBe(expected);

    private static AlertNotice Of(string channel, AlertSeverity least) =>
        WeeklyDigest.Of(channel, ChannelScope.Of(channel, Settings), least, Week, To.AddMinutes(1));

    private static Alert Firing(AlertRule rule, string subject, AlertSeverity severity) =>
        new(AlertRun.Of(rule, subject), AlertStatus.Firing, severity, To.AddHours(-1), To.AddHours(-1));

    private static string Text(NoticeSection section) =>
        $"{section.Title}: "
        + string.Join(
            "; ",
            section.Members.Select(member =>
                $"{member.Subject} {string.Join(' ', member.Facts.Select(fact => $"{fact.Name} {fact.Value}"))}".TrimEnd()
            )
        );
}
