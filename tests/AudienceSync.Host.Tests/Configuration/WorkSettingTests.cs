using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Tests.Configuration;

public sealed class WorkSettingTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("agents", true)]
    [InlineData("Agents", true)]
    [InlineData("leases", false)]
    [InlineData("LEASES", false)]
    public void Work_is_shared_by_agents_unless_the_setting_names_leases(string given, bool byAgents) =>
        Read(given).SharesByAgents().ShouldBe(byAgents);

    [Theory]
    [InlineData("agent")]
    [InlineData(" leases")]
    [InlineData("true")]
    public void Another_word_stops_the_start(string given) =>
        Should.Throw<SetupException>(() => Read(given).SharesByAgents()).Code.ShouldBe("work_invalid");

    private static HostSettings Read(string work) => HostSettings.FromEnvironment(name => name == "AUDIENCESYNC_WORK" ? work : null);
}
