using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AudienceSync.Domain.Doctor;
using AudienceSync.Host.Tests.Experiments;
using AudienceSync.Host.Tests.Outcomes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Doctor;

/// <summary>Misconfigurations of a real Host over three weeks, each found with its advice; and a healthy one.</summary>
public sealed class DoctorTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 5, 9, 30, 0, TimeSpan.Zero);

    private static readonly TestAudience[] Audiences =
    [
        new("regulars", 60),
        new("buyers", 60),
        new("endless", null),
        new("unasked", 60),
        new("strict", 60),
        new("by_phone", 60),
        new("tiny", 60),
        new("stripped", 60),
        new("idle", 60),
        new("unused", 60),
        new("old", 60),
        new("measured", 60),
    ];

    /// <summary>What the advice of each finding must name.</summary>
    private static readonly (string Finding, string Advice)[] Expected =
    [
        ("adds_without_removals endless_v1", "audience_remove"),
        ("removals_stopped buyers_v1", "step of the journey"),
        ("retired_key_adds old_v1", "Change the key in the journey"),
        ("unknown_key typo_v1", "Publish the key"),
        ($"consent_never_granted meta_main/strict/{Remote("strict")}", "ad_user_data"),
        ($"removal_body_lost meta_main/stripped/{Remote("stripped")}", "body of DELETE"),
        ("key_not_fed idle_v1", "retire it"),
        ("audience_not_bound unused", "audiences bind"),
        ($"audience_too_small meta_main/tiny/{Remote("tiny")}", "Widen the audience"),
        ($"consent_not_stated meta_main/unasked/{Remote("unasked")}", "Send consent"),
        ("match_key_never_sent by_phone_v1", "publish a version without it"),
        ("silent_members regulars_v1", "deleted and suppressed people"),
        ("unusable_identifiers may_sign", "sources test"),
        ("placeholder_identifiers unsigned", "template"),
        ("clock_ahead unsigned", "NTP"),
        ("source_unsigned may_sign", "signing_keys"),
        ("source_unsigned unsigned", "signing_keys"),
        ("linking_stopped email", "link-stops"),
        ("shared_identifiers signed", "placeholder_ids"),
        ("sample_ratio_mismatch measured_v1", "another one with a new salt"),
        ("version_ends meta_main", "api_version"),
    ];

    [Fact]
    public async Task Every_seeded_misconfiguration_is_found_with_its_advice_and_nothing_else_is()
    {
        await using var stage = await DoctorStage.StartAsync(Misconfigured(), Start);
        await stage.AddAsync("regulars_v1", DoctorStage.People("regular", 120), DoctorStage.Consenting);
        await stage.AddAsync("buyers_v1", DoctorStage.People("buyer", 130), DoctorStage.Consenting);
        await stage.RemoveAsync("buyers_v1", DoctorStage.People("buyer", 25));
        await stage.ReportAsync(DoctorStage.People("regular", 100));
        await stage.PassAsync(TimeSpan.FromDays(8));
        await stage.ReportAsync(["regular0"]);
        await stage.PassAsync(TimeSpan.FromDays(8));
        await SeedKeysAsync(stage);
        await SeedSourcesAsync(stage);
        await stage.PassAsync(TimeSpan.FromDays(6.5));
        await stage.AddAsync("buyers_v1", DoctorStage.People("later", 60), DoctorStage.Consenting);
        await stage.ReportAsync(DoctorStage.People("regular", 80).Concat(DoctorStage.People("regular", 20)));
        await stage.Host.ProjectedAsync();
        await stage.PassAsync(TimeSpan.FromDays(1));

        var view = await stage.DoctorAsync();
        DoctorStage.Found(view).ShouldBe(Expected.Select(one => one.Finding));
        foreach (var (finding, (_, advice)) in view.GetProperty("findings").EnumerateArray().Zip(Expected))
        {
            finding.GetProperty("advice").GetString()!.ShouldContain(advice);
            finding.GetProperty("severity").GetString()!.ShouldBeOneOf("warning", "critical");
        }

        Evidence(view, "adds_without_removals").ShouldBe("adds 110, since 2026-11-21, journeys 0, removal_events 0");
        Evidence(view, "removals_stopped").ShouldBe("adds_lately 60, removals_before 25, journeys 0, removal_events 25");
        Evidence(view, "audience_too_small").ShouldBe("delivered 5, minimum 100, since 2026-11-21");
        Evidence(view, "silent_members").ShouldBe("members_looked_at 120, silent 40");
        Evidence(view, "unusable_identifiers").ShouldBe("events 25, of 25, days 1, last 2026-11-21, codes no_dotted_domain");
        Evidence(view, "placeholder_identifiers").ShouldBe("events 25, of 50, days 1, last 2026-11-21, codes placeholder");
        Evidence(view, "shared_identifiers").ShouldBe("kind email, addresses 1, people_of_one 12");
        Evidence(view, "sample_ratio_mismatch").ShouldStartWith("experiment half, treatment ");
        Evidence(view, "removal_body_lost").ShouldStartWith("accepted_adds ");
        foreach (var personal in new[] { "example.com", "regular1", "buyer1", "{{", "localhost" })
        {
            view.ToString().ShouldNotContain(personal);
        }

        stage.Clock.Set(new DateTimeOffset(2027, 2, 23, 9, 0, 0, TimeSpan.Zero));
        DoctorStage.Found(await stage.DoctorAsync()).ShouldContain("version_ended meta_main");
        Expected
            .Select(one => one.Finding.Split(' ')[0])
            .Append("version_ended")
            .Distinct()
            .ShouldBe(FindingKinds.All.Select(kind => kind.Code), ignoreOrder: true, "every kind is seeded");
    }

    [Fact]
    public async Task A_healthy_setup_has_no_finding()
    {
        await using var stage = await DoctorStage.StartAsync(Healthy(), Start);
        foreach (var key in new[] { "carts_v1", "loyal_v1" })
        {
            await stage.AddAsync(key, DoctorStage.People("member", 150), DoctorStage.Consenting);
            await stage.RemoveAsync(key, DoctorStage.People("member", 20));
        }

        await stage.PassAsync(TimeSpan.FromDays(8));
        var view = await stage.DoctorAsync();

        DoctorStage.Found(view).ShouldBeEmpty();
        view.GetProperty("checked").GetArrayLength().ShouldBe(FindingKinds.All.Count);
        view.GetProperty("off").GetArrayLength().ShouldBe(0);
    }

    /// <summary>A setup in which nothing is wrong.</summary>
    internal static TestHostOptions Healthy() =>
        new()
        {
            Audiences = [new("carts", 30), new("loyal", null)],
            Yaml = yaml =>
                Without(yaml, "- { name: (may_sign|unsigned)")
                    .Replace("api_version: v25.0", "api_version: v27.0", StringComparison.Ordinal),
        };

    private static TestHostOptions Misconfigured()
    {
        var options = ReportingStage.Options(new TestHostOptions { Audiences = Audiences });
        return options with
        {
            Network = inner => new StrippingProxy(inner, Remote("stripped")),
            Yaml = yaml =>
                Terms(
                    Terms(Without(options.Yaml(yaml), "- { audience: (unused|old),"), "strict", "consent_policy: required"),
                    "by_phone",
                    "match_keys: [ email, phone ]"
                ),
        };
    }

    private static async Task SeedKeysAsync(DoctorStage stage)
    {
        await stage.AddAsync("endless_v1", DoctorStage.People("endless", 110), DoctorStage.Consenting);
        await stage.AddAsync("unasked_v1", DoctorStage.People("unasked", 110));
        await stage.AddAsync("strict_v1", DoctorStage.People("strict", 105));
        await stage.AddAsync("by_phone_v1", DoctorStage.People("phone", 110), DoctorStage.Consenting);
        await stage.AddAsync("tiny_v1", DoctorStage.People("tiny", 5), DoctorStage.Consenting);
        await stage.AddAsync("unused_v1", DoctorStage.People("unused", 3), DoctorStage.Consenting);
        await stage.AddAsync("stripped_v1", DoctorStage.People("stripped", 110), DoctorStage.Consenting);
        await stage.Host.WaitUntilQuietAsync();
        await stage.RemoveAsync("stripped_v1", ["stripped1"]);
        await HoldOutAsync(stage);
        using var retired = await stage.Host.Operator.PostAsJsonAsync("/v1/keys/old_v1/retire", new { by = "ann" });
        retired.IsSuccessStatusCode.ShouldBeTrue(await retired.Content.ReadAsStringAsync());
        await stage.AddAsync("old_v1", ["old"]);
        await stage.AddAsync("typo_v1", ["typo"]);
    }

    // Half of them are held out, and the declared share becomes a tenth.
    private static async Task HoldOutAsync(DoctorStage stage)
    {
        using var declared = await stage.Host.Operator.PostAsJsonAsync(
            "/v1/audiences/apply",
            new
            {
                audiences = new[]
                {
                    new { name = "measured", experiments = new[] { new { name = "half", shares = new { treatment = 50, holdout = 50 } } } },
                },
                by = "ann",
            }
        );
        declared.IsSuccessStatusCode.ShouldBeTrue(await declared.Content.ReadAsStringAsync());
        await stage.Host.UntilAssignedAsync();
        await stage.AddAsync("measured_v1", DoctorStage.People("measured", 300), DoctorStage.Consenting);
        await stage.Host.ProjectedAsync();
        await stage.Host.ExecuteAsync("update experiments set holdout_share = 1000, treatment_share = 9000");
    }

    private static async Task SeedSourcesAsync(DoctorStage stage)
    {
        await stage.AddAsync(
            "regulars_v1",
            DoctorStage.People("local", 25),
            sample => sample["person"]!["email"] = "person@localhost",
            TestHostFiles.MaySignToken
        );
        await stage.AddAsync(
            "regulars_v1",
            DoctorStage.People("template", 25),
            sample => sample["person"]!["phone"] = "{{customer.phone}}",
            TestHostFiles.UnsignedToken
        );
        var ahead = stage.Clock.GetUtcNow().AddHours(1);
        await stage.AddAsync(
            "regulars_v1",
            DoctorStage.People("ahead", 25),
            sample => sample["occurred_at"] = ahead,
            TestHostFiles.UnsignedToken
        );
        foreach (var person in DoctorStage.People("shop", 12))
        {
            // One after the other, as journeys send: each of them has it for a while.
            await stage.AddAsync("regulars_v1", [person], sample => sample["person"]!["email"] = "shop@example.com");
        }

        await stage.AddAsync("regulars_v1", DoctorStage.People("many", 25), sample => sample["person"]!["customer_id"] = "everybody");
    }

    private static string Evidence(JsonElement view, string code) =>
        string.Join(
            ", ",
            view.GetProperty("findings")
                .EnumerateArray()
                .First(finding => finding.GetProperty("code").GetString() == code)
                .GetProperty("evidence")
                .EnumerateObject()
                .Select(fact => $"{fact.Name} {fact.Value}")
        );

    private static string Remote(string audience) => TestHost.Remote(Array.FindIndex(Audiences, one => one.Name == audience));

    private static string Without(string yaml, string line) =>
        Regex.Replace(yaml, $"^ *{line}.*\n", "", RegexOptions.Multiline, TimeSpan.FromSeconds(1));

    private static string Terms(string yaml, string audience, string terms)
    {
        var before = $"name: {audience}, purpose: p, owner: o, definition: d, versions: [ {{ version: 1,";
        yaml.ShouldContain(before);
        return yaml.Replace(before, $"{before} {terms},", StringComparison.Ordinal);
    }
}
