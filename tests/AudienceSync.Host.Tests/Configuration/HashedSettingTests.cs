using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Tests.Configuration;

/// <summary><c>sources[].hashed</c> of audiencesync.yaml.</summary>
public sealed class HashedSettingTests
{
    [Theory]
    [InlineData(null, null, HashedFields.None)]
    [InlineData("sha256", null, HashedFields.EmailSha256)]
    [InlineData(null, "sha256_e164", HashedFields.PhoneSha256E164)]
    [InlineData("sha256", "sha256_digits", HashedFields.EmailSha256 | HashedFields.PhoneSha256Digits)]
    public void A_source_declares_which_fields_it_hashes(string? email, string? phone, HashedFields expected) =>
        Plan(new HashedConfig { Email = email, Phone = phone }).ShouldBe(expected);

    [Fact]
    public void A_source_without_the_setting_sends_plain_text() => Plan(null).ShouldBe(HashedFields.None);

    [Theory]
    [InlineData("md5", null, "email")]
    [InlineData(null, "sha256", "phone")]
    [InlineData("", null, "email")]
    public void Another_format_is_refused_with_its_place(string? email, string? phone, string field)
    {
        var refused = Should.Throw<SetupException>(() => Plan(new HashedConfig { Email = email, Phone = phone }));

        refused.Code.ShouldBe("config_invalid");
        refused.Message.ShouldContain($"workspaces.default.sources.shop.hashed: {field} must be");
    }

    private static HashedFields Plan(HashedConfig? hashed)
    {
        using var network = new HttpClientHandler();
        var planner = new WorkspacePlanner(
            new ConfigLoader("audiencesync.yaml", _ => "secret"),
            new DestinationDependencies(network, TimeProvider.System, new Random(1))
        );
        var source = new SourceConfig
        {
            Name = "shop",
            Token = new() { Env = "T" },
            Signature = "off",
            DefaultCountry = "US",
            Hashed = hashed,
        };
        return planner.Plan("default", new WorkspaceConfig { Sources = [source] }).Sources[0].Source.Hashed;
    }
}
