using System.Text.Json;
using AudienceSync.Connectors.TikTok;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using static AudienceSync.Connectors.Tests.TikTok.TikTokAccountOnWire;

namespace AudienceSync.Connectors.Tests.TikTok;

/// <summary>What is sent over the wire (contracts/tiktok.md 3, 5.2 and 8.3).</summary>
public sealed class TikTokCallTests
{
    private const string JaneEmail = "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69";
    private const string JanePhone = "a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb";

    private readonly ScriptedNetwork _network = ScriptedNetwork.Answering(200, Taken);

    [Theory]
    [InlineData(MemberOperation.Add, "add")]
    [InlineData(MemberOperation.Remove, "delete")]
    public async Task A_call_sends_the_request_of_the_contract(MemberOperation operation, string action)
    {
        var result = await new TikTokAccountOnWire(_network).SendAsync(operation, [Jane]);

        result.Outcome.ShouldBe(Outcome.Done);
        result.PlatformRequestId.ShouldBe("202308032127455B021E952");
        result.Job.ShouldBeNull();
        var sent = _network.Sent.ShouldHaveSingleItem();
        sent.Method.ShouldBe("POST");
        sent.Url.ShouldBe(
            new Uri("https://business-api.tiktok.com/open_api/v1.3/segment/mapping/"),
            "the slash at the end is part of the path"
        );
        sent.Headers["Access-Token"].ShouldBe("ABC");
        sent.Authorization.ShouldBeNull();
        sent.Body.ShouldBe(
            $$$"""{"advertiser_ids":["7000000000000000001"],"action":"{{{action}}}","id_schema":["EMAIL_SHA256","PHONE_SHA256"],"batch_data":[[{"id":"{{{JaneEmail}}}","audience_ids":["1234"]},{"id":"{{{JanePhone}}}","audience_ids":["1234"]}]]}"""
        );
    }

    [Fact]
    public async Task A_missing_identifier_is_an_empty_object_in_its_place()
    {
        await new TikTokAccountOnWire(_network).AddAsync(
            Jane with
            {
                Phone = null,
            },
            new PersonIdentifiers("1", null, null, "US"),
            Jane with
            {
                Email = null,
            }
        );

        var rows = JsonDocument.Parse(_network.Sent[0].Body).RootElement.GetProperty("batch_data");
        rows.GetArrayLength().ShouldBe(2);
        rows[0].GetRawText().ShouldBe($$"""[{"id":"{{JaneEmail}}","audience_ids":["1234"]},{}]""");
        rows[1].GetRawText().ShouldBe($$"""[{},{"id":"{{JanePhone}}","audience_ids":["1234"]}]""");
    }

    [Theory]
    [InlineData(
        null,
        "f41439c944a763c9812d700a779941cec169de13c9ccd13aaf9424ba5231620a",
        "a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb"
    )]
    [InlineData(
        "2025-09",
        "f41439c944a763c9812d700a779941cec169de13c9ccd13aaf9424ba5231620a",
        "a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb"
    )]
    [InlineData(
        "2024",
        "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69",
        "a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb"
    )]
    [InlineData(
        "2025-08",
        "831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982",
        "8d7bdaaf75196f351d22942fc0dd79304ffabc3eaf3339460ef9da0773e3aec2"
    )]
    public async Task The_rule_is_a_setting_and_a_removal_uses_the_rule_of_its_add(string? rule, string email, string phone)
    {
        var jane = Jane with { Email = "Jane.Doe+news@Gmail.com" };
        var account = new TikTokAccountOnWire(_network, rule);
        await account.AddAsync(jane);
        await new TikTokAccountOnWire(_network).SendAsync(MemberOperation.Remove, [jane], version: account.Destination.Normalizer);

        foreach (var sent in _network.Sent)
        {
            sent.Body.ShouldContain(email);
            sent.Body.ShouldContain(phone);
        }
    }

    [Fact]
    public async Task A_member_of_an_unknown_normalizer_is_reported() =>
        (await new TikTokAccountOnWire(_network).SendAsync(MemberOperation.Remove, [Jane], version: new NormalizerVersion(99)))
            .Invalid.ShouldHaveSingleItem()
            .ShouldBe(new RefusedMember(0, "unknown_normalizer_version"));

    [Theory]
    [InlineData("")]
    [InlineData("1\",\"2")]
    [InlineData("123456789012345678901")]
    public async Task An_invalid_audience_id_is_never_sent(string audience)
    {
        (await new TikTokAccountOnWire(_network).SendAsync(MemberOperation.Add, [Jane], audience)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.StopAudience, "invalid_audience_id")
        );
        _network.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void The_size_of_a_call_is_a_setting_up_to_the_known_maximum()
    {
        new TikTokAccountOnWire(_network).Destination.Limits.MembersPerCall.ShouldBe(1_000);
        new TikTokAccountOnWire(_network, membersPerCall: 10_000).Destination.Limits.MembersPerCall.ShouldBe(10_000);
        TikTokSettings
            .Parse(Section.Of("7000000000000000001", ("token", new Secret("ABC")), ("members_per_call", 10_001)))
            .Errors.ShouldHaveSingleItem()
            .Code.ShouldBe("invalid_members_per_call");
    }
}
