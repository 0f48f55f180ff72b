using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Tests.Configuration;

public sealed class LeaseSettingTests
{
    [Theory]
    [InlineData("2", 2)]
    [InlineData("300", 300)]
    [InlineData("", null)]
    public void The_lease_time_is_that_of_the_setting_or_the_default(string given, int? seconds) =>
        Read(given).LeaseTime().ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);

    [Theory]
    [InlineData("1")]
    [InlineData("301")]
    [InlineData("-5")]
    [InlineData("2.5")]
    [InlineData("soon")]
    public void A_lease_that_is_too_short_too_long_or_not_a_number_stops_the_start(string given) =>
        Should.Throw<SetupException>(() => Read(given).LeaseTime()).Code.ShouldBe("lease_invalid");

    private static HostSettings Read(string lease) => HostSettings.FromEnvironment(name => name == "AUDIENCESYNC_LEASE_S" ? lease : null);
}
