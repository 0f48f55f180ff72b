using AudienceSync.Connectors.Google;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.Sections;
using AudienceSync.Connectors.TikTok;
using AudienceSync.Connectors.Webhook;

namespace AudienceSync.Connectors.Tests;

public sealed class DestinationsTests
{
    private static readonly DestinationSection Good = Section.Of(
        "act_1001",
        ("token", new Secret("ABC")),
        ("base_url", "http://127.0.0.1:5480"),
        ("api_version", "v25.0")
    );

    public static TheoryData<string, string> Settings()
    {
        var settings = new TheoryData<string, string>();
        foreach (var known in new[] { GoogleSettings.Known, MetaSettings.Known, TikTokSettings.Known, WebhookSettings.Known })
        {
            foreach (var name in known.Names)
            {
                settings.Add(known.Platform, name);
            }
        }

        return settings;
    }

    [Fact]
    public void Each_registered_platform_creates_a_destination()
    {
        Destinations.Platforms.Order().ShouldBe(["google", "meta", "tiktok", "webhook"]);
        Create("meta", Good).Destination!.Platform.ShouldBe(Platform.Meta);
        Create("meta", (Good with { Account = "1001" }).With("base_url", null).With("api_version", null))
            .Destination!.Limits.MembersPerCall.ShouldBe(10_000);
    }

    [Fact]
    public void Each_unusable_setting_has_its_own_code()
    {
        Code("myspace", Good).ShouldBe("unknown_platform");
        Code("Meta", Good).ShouldBe("unknown_platform");
        Code("meta", Good with { Account = "act_" }).ShouldBe("invalid_account");
        Code("meta", Good with { Account = "act_1/../2" }).ShouldBe("invalid_account");
        Code("meta", Good.With("api_version", "25")).ShouldBe("invalid_api_version");
        Code("meta", Good.With("api_version", "v25.0/x")).ShouldBe("invalid_api_version");
        Code("meta", Good.With("base_url", "/relative")).ShouldBe("invalid_base_url");
        Code("meta", Good.With("base_url", "ftp://x/")).ShouldBe("invalid_base_url");
        Code("meta", Good.With("base_url", "https://user:pass@x/")).ShouldBe("invalid_base_url");
        Code("meta", Good.With("token", "pasted-in-clear")).ShouldBe("invalid_token");
        Code("meta", Good.With("limited_data_use", "1000")).ShouldBe("invalid_limited_data_use");
    }

    [Fact]
    public void Every_error_is_reported_and_a_foreign_setting_first()
    {
        var errors = Create("tiktok", Section.Of("act_1", ("members_per_call", "many"), ("consent", "granted"))).Errors;

        errors
            .Select(error => (error.Field, error.Code))
            .ShouldBe([
                ("consent", "foreign_setting"),
                ("account", "invalid_account"),
                ("members_per_call", "invalid_members_per_call"),
                ("token", "missing_token"),
            ]);
    }

    /// <summary>No platform has a setting that is a list, so every setting that is read refuses one.</summary>
    [Theory]
    [MemberData(nameof(Settings))]
    public void A_platform_reads_every_setting_that_it_names_and_refuses_those_of_others(string platform, string name)
    {
        Destinations.IsSetting(name).ShouldBeTrue();
        foreach (var other in Destinations.Platforms)
        {
            var errors = Create(other, Section.Of("1", (name, SettingValue.Of([SettingValue.Of("x")])))).Errors;
            var isKnown = Settings().Any(row => Equals(row[0], other) && Equals(row[1], name));

            errors
                .Where(error => error.Field == name)
                .Select(error => error.Code)
                .ShouldBe(isKnown ? [$"invalid_{name}"] : ["foreign_setting"], $"{name} of {platform} at {other}");
        }
    }

    [Fact]
    public void A_secret_is_not_shown_in_text()
    {
        new Secret(" ABC\n").Reveal().ShouldBe("ABC");
        $"{Good} {Good.Settings["token"]} {MetaSettings.Parse(Good).Settings}".ShouldNotContain("ABC");
        foreach (var bad in new[] { "", "  ", "a b", "a\r\nb", "\u00E4" })
        {
            Should.Throw<ArgumentException>(() => new Secret(bad));
            Code("meta", Good.With("token", new SecretDocument(bad))).ShouldBe("invalid_secret");
        }
    }

    [Fact]
    public void Connections_go_directly_to_the_platform()
    {
        using var handler = PlatformHttp.CreateHandler();

        handler.AllowAutoRedirect.ShouldBeFalse();
        handler.UseProxy.ShouldBeFalse();
        handler.UseCookies.ShouldBeFalse();
        handler.ConnectTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        handler.PooledConnectionLifetime.ShouldBe(TimeSpan.FromMinutes(5));
    }

    private static string Code(string platform, DestinationSection section) => Create(platform, section).Errors.ShouldHaveSingleItem().Code;

    private static CreatedDestination Create(string platform, DestinationSection section) =>
        Destinations.Create(platform, section, new DestinationDependencies(new ScriptedNetwork(), new ManualTime(), new Random(1)));
}
