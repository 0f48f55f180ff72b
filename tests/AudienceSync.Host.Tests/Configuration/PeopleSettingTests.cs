using AudienceSync.Connectors;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Tests.Configuration;

/// <summary><c>placeholder_ids</c> of a source and <c>linked_addresses_per_day</c> of a workspace: what they may be.</summary>
public sealed class PeopleSettingTests
{
    [Fact]
    public void A_source_has_up_to_a_hundred_placeholders_beside_the_built_in_ones()
    {
        var source = Plan(new() { PlaceholderIds = [.. Enumerable.Range(0, 100).Select(n => $" Word {n}")] }).Sources[0].Source;

        source.Placeholders.IsIdentifier("word 99").ShouldBeTrue();
        source.Placeholders.IsIdentifier("undefined").ShouldBeTrue();
        source.Placeholders.IsIdentifier("word 100").ShouldBeFalse();
        Plan(new()).Sources[0].Source.Placeholders.IsIdentifier("word 99").ShouldBeFalse();
        Plan(new() { PlaceholderIds = [new string('x', Limits.CustomerIdChars)] }).Sources.Count.ShouldBe(1);
    }

    [Fact]
    public void Other_placeholders_are_refused_with_their_place()
    {
        Refused(new() { PlaceholderIds = [.. Enumerable.Range(0, 101).Select(n => $"word {n}")] });
        Refused(new() { PlaceholderIds = [""] });
        Refused(new() { PlaceholderIds = ["guest", " \t"] });
        Refused(new() { PlaceholderIds = [new string('x', Limits.CustomerIdChars + 1)] });
        Refused(new() { PlaceholderIds = [null!] });

        static void Refused(SourceConfig source)
        {
            var refused = Should.Throw<SetupException>(() => Plan(source));
            refused.Code.ShouldBe("config_invalid");
            refused.Message.ShouldContain(
                "workspaces.default.sources.shop: placeholder_ids must be at most 100 texts of 1 to 200 characters"
            );
        }
    }

    [Theory]
    [InlineData(null, Limits.LinkedAddressesPerDay)]
    [InlineData(2, 2)]
    [InlineData(IdentifierClaims.MaxPerKind - 1, IdentifierClaims.MaxPerKind - 1)]
    public void A_workspace_sets_how_many_addresses_link_within_a_day(int? given, int expected) =>
        Plan(new(), given).LinkLimit.AddressesPerDay.ShouldBe(expected);

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(IdentifierClaims.MaxPerKind)]
    [InlineData(int.MaxValue)]
    public void A_limit_that_stops_everyone_or_is_never_reached_is_refused_with_its_place(int given)
    {
        var refused = Should.Throw<SetupException>(() => Plan(new(), given));
        refused.Code.ShouldBe("config_invalid");
        refused.Message.ShouldContain("workspaces.default: linked_addresses_per_day must be from 2 to 49");
    }

    private static WorkspacePlan Plan(SourceConfig source, int? linked = null)
    {
        using var network = new HttpClientHandler();
        var planner = new WorkspacePlanner(
            new ConfigLoader("audiencesync.yaml", _ => "secret"),
            new DestinationDependencies(network, TimeProvider.System, new Random(1))
        );
        source.Name = "shop";
        source.Token = new() { Env = "T" };
        source.Signature = "off";
        source.DefaultCountry = "US";
        return planner.Plan("default", new WorkspaceConfig { Sources = [source], LinkedAddressesPerDay = linked });
    }
}
