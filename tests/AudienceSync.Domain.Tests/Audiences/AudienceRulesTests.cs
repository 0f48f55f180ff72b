using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests.Audiences;

public sealed class AudienceRulesTests
{
    private static readonly RemoteAudience Remote = new("meta", "1");

    private static readonly KeyTerms Week = new(604_800);

    [Fact]
    public void The_first_version_registers_the_audience_with_it()
    {
        var decision = AudienceRules.Decide(new Audience("cart"), new PublishKey(1, Week, "ann", "launch"));
        decision.Events.Select(EventTypes.AliasOf).ShouldBe(["audience_registered", "audience_key_published_v2"]);
        decision.Events.ShouldAllBe(stated => stated.By == "ann" && stated.Why == "launch" && stated.Audience == "cart");
    }

    [Theory]
    [InlineData(604_801L, MatchKeys.All, ConsentPolicy.Assumed)]
    [InlineData(null, MatchKeys.All, ConsentPolicy.Assumed)]
    [InlineData(604_800L, MatchKeys.Email, ConsentPolicy.Assumed)]
    [InlineData(604_800L, MatchKeys.All, ConsentPolicy.Required)]
    public void Other_terms_are_refused_with_the_number_to_publish_them_under(long? windowS, MatchKeys keys, ConsentPolicy consent)
    {
        var refusal = Refusal(
            Given(new PublishKey(1, Week, "ann", null)),
            new PublishKey(1, new KeyTerms(windowS, keys, consent), "ann", null)
        );
        refusal.Code.ShouldBe("audience_key_changed");
        refusal.Detail.ShouldContain("version 2");
    }

    [Fact]
    public void Every_refusal_has_its_code()
    {
        var fed = Given(new PublishKey(1, Week, "a", null), new PublishKey(2, Week, "a", null), new BindAudience(Remote, 1, "a", null));
        var retired = Given(new PublishKey(1, Week, "a", null), new RetireKey(1, "a", null));
        Refusal(new Audience("cart"), new PauseAudience("a", null)).Code.ShouldBe("unknown_audience");
        Refusal(new Audience("Cart"), new PublishKey(1, Week, "a", null)).Code.ShouldBe("audience_name_invalid");
        Refusal(new Audience("cart"), new PublishKey(2, Week, "a", null)).Code.ShouldBe("audience_key_not_next");
        Refusal(new Audience("cart"), new PublishKey(1, new KeyTerms(0), "a", null)).Code.ShouldBe("audience_terms_invalid");
        Refusal(new Audience("cart"), new PublishKey(1, new KeyTerms(null, MatchKeys.None), "a", null))
            .Code.ShouldBe("audience_terms_invalid");
        Refusal(new Audience("cart"), new PublishKey(1, new KeyTerms(null, Inherits: true), "a", null))
            .Code.ShouldBe("audience_terms_invalid");
        Refusal(fed, new PublishKey(3, Week, "a", "with \0")).Code.ShouldBe("audience_text_invalid");
        Refusal(fed, new PublishKey(3, Week, "", null)).Code.ShouldBe("audience_text_invalid");
        Refusal(fed, new BindAudience(Remote, 2, "a", null)).Code.ShouldBe("binding_taken");
        Refusal(fed, new BindAudience(new("", "1"), 2, "a", null)).Code.ShouldBe("binding_invalid");
        Refusal(fed, new PromoteKey(9, null, "a", null)).Code.ShouldBe("unknown_audience_key");
        Refusal(fed, new PromoteKey(2, new("meta", "9"), "a", null)).Code.ShouldBe("audience_not_bound");
        Refusal(fed, new RollBackKey(null, "a", null)).Code.ShouldBe("nothing_to_roll_back");
        Refusal(fed, new RetireKey(1, "a", null)).Code.ShouldBe("audience_key_in_use");
        Refusal(retired, new BindAudience(Remote, 1, "a", null)).Code.ShouldBe("audience_key_retired");
    }

    [Fact]
    public void A_rollback_goes_back_as_far_as_was_promoted()
    {
        var audience = Given(
            new PublishKey(1, Week, "a", null),
            new PublishKey(2, Week, "a", null),
            new PublishKey(3, Week, "a", null),
            new BindAudience(Remote, 1, "a", null),
            new PromoteKey(2, null, "a", null),
            new PromoteKey(3, Remote, "a", null)
        );
        audience = Then(audience, new RollBackKey(null, "a", null));
        audience.Feeds[Remote].Version.ShouldBe(2);
        audience = Then(audience, new RollBackKey(Remote, "a", null));
        audience.Feeds[Remote].Version.ShouldBe(1);
        Refusal(audience, new RollBackKey(null, "a", null)).Code.ShouldBe("nothing_to_roll_back");
    }

    [Fact]
    public void A_stream_of_an_older_build_is_an_audience()
    {
        var audience = Audience.Fold("high_intent_cart_7d", [GoldenEvents.Older["audience_key_published"]]);
        audience.Text.ShouldBe(new AudienceText("retargeting", "growth", "cart value over 100, no order for 7 days"));
        AudienceRules.Decide(audience, new PublishKey(1, new KeyTerms(604_800), "configuration", null)).ShouldBe(AudienceDecision.Nothing);
        audience.NextVersion.ShouldBe(2);
    }

    private static Audience Given(params AudienceCommand[] commands) => commands.Aggregate(new Audience("cart"), Then);

    private static Audience Then(Audience audience, AudienceCommand command)
    {
        var decision = AudienceRules.Decide(audience, command);
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(audience, (state, stated) => state.Apply(stated));
    }

    private static AudienceRefusal Refusal(Audience audience, AudienceCommand command) =>
        AudienceRules.Decide(audience, command).Refusal.ShouldNotBeNull();
}
