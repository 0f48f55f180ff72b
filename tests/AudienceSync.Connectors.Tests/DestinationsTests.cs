using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Tests;

public sealed class DestinationsTests
{
    private static readonly DestinationSettings Good = new("act_1001", new Secret("ABC"), new Uri("http://127.0.0.1:5480"), "v25.0");

    [Fact]
    public void Each_registered_platform_creates_a_destination()
    {
        Destinations.Platforms.Order().ShouldBe(["google", "meta", "tiktok", "webhook"]);
        Create("meta", Good).Platform.ShouldBe(Platform.Meta);
        Create("meta", Good with { Account = "1001", BaseUrl = null, ApiVersion = null }).Limits.MembersPerCall.ShouldBe(10_000);
    }

    [Fact]
    public void Each_unusable_setting_has_its_own_code()
    {
        Code("myspace", Good).ShouldBe("unknown_platform");
        Code("Meta", Good).ShouldBe("unknown_platform");
        Code("meta", Good with { Account = "act_" }).ShouldBe("invalid_account");
        Code("meta", Good with { Account = "act_1/../2" }).ShouldBe("invalid_account");
        Code("meta", Good with { ApiVersion = "25" }).ShouldBe("invalid_api_version");
        Code("meta", Good with { ApiVersion = "v25.0/x" }).ShouldBe("invalid_api_version");
        Code("meta", Good with { BaseUrl = new Uri("/relative", UriKind.Relative) }).ShouldBe("invalid_base_url");
        Code("meta", Good with { BaseUrl = new Uri("ftp://x/") }).ShouldBe("invalid_base_url");
        Code("meta", Good with { BaseUrl = new Uri("https://user:pass@x/") }).ShouldBe("invalid_base_url");
    }

    [Fact]
    public void A_secret_is_not_shown_in_text()
    {
        new Secret(" ABC\n").Reveal().ShouldBe("ABC");
        $"{Good}".ShouldNotContain("ABC");
        foreach (var bad in new[] { "", "  ", "a b", "a\r\nb", "\u00E4" })
        {
            Should.Throw<DestinationSettingsException>(() => new Secret(bad)).Code.ShouldBe("invalid_secret");
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

    private static string Code(string platform, DestinationSettings settings)
        => Should.Throw<DestinationSettingsException>(() => Create(platform, settings)).Code;

    private static IDestination Create(string platform, DestinationSettings settings)
        => Destinations.Create(platform, settings, new DestinationDependencies(new ScriptedNetwork(), new ManualTime(), new Random(1)));
}
