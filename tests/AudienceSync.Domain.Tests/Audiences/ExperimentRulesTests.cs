using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Tests.Audiences;

/// <summary>What may be declared of an experiment, and what a file does to the experiments of an audience.</summary>
public sealed class ExperimentRulesTests
{
    private static readonly DateTimeOffset Day = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ExperimentTerms Terms = new("spring", "spring", 9_000, 1_000, null, null);

    private static readonly Audience Known = Audience.Fold(
        "cart",
        AudienceRules.Decide(new Audience("cart"), new PublishKey(1, new KeyTerms(null), "ann", null)).Events
    );

    [Fact]
    public void An_experiment_is_declared_once_and_never_changes()
    {
        var declared = Do(Known, new DeclareExperiment(Terms, "ann", "lift"));
        Decide(declared, new DeclareExperiment(Terms, "ben", null)).Events.ShouldBeEmpty();
        foreach (
            var other in new[]
            {
                Terms with
                {
                    TreatmentShare = 8_000,
                    HoldoutShare = 2_000,
                },
                Terms with
                {
                    Salt = "winter",
                },
                Terms with
                {
                    StartsAt = Day,
                },
                Terms with
                {
                    EndsAt = Day,
                },
            }
        )
        {
            Decide(declared, new DeclareExperiment(other, "ann", null)).Refusal!.Code.ShouldBe("experiment_changed");
        }
    }

    public static TheoryData<ExperimentTerms> Invalid =>
        [
            Terms with
            {
                Name = null!,
            },
            Terms with
            {
                Name = "",
            },
            Terms with
            {
                Name = "Spring Sale",
            },
            Terms with
            {
                Name = new string('a', 101),
            },
            Terms with
            {
                Salt = null!,
            },
            Terms with
            {
                Salt = "",
            },
            Terms with
            {
                Salt = "a\0",
            },
            Terms with
            {
                Salt = new string('ß', 51),
            },
            Terms with
            {
                HoldoutShare = 0,
                TreatmentShare = 10_000,
            },
            Terms with
            {
                HoldoutShare = 10_000,
                TreatmentShare = 0,
            },
            Terms with
            {
                HoldoutShare = -1,
                TreatmentShare = 10_001,
            },
            Terms with
            {
                HoldoutShare = 1_000,
                TreatmentShare = 8_000,
            },
            Terms with
            {
                StartsAt = Day,
                EndsAt = Day,
            },
        ];

    [Theory]
    [MemberData(nameof(Invalid))]
    public void What_no_experiment_can_be_is_refused(ExperimentTerms terms) =>
        Decide(Known, new DeclareExperiment(terms, "ann", null)).Refusal!.Code.ShouldBe("experiment_invalid");

    [Fact]
    public void An_audience_has_one_experiment_at_a_time()
    {
        var first = Do(Known, new DeclareExperiment(Terms with { EndsAt = Day.AddDays(30) }, "ann", null));
        var next = Terms with { Name = "summer" };
        Decide(first, new DeclareExperiment(next, "ann", null)).Refusal!.Code.ShouldBe("experiment_overlaps");
        Decide(first, new DeclareExperiment(next with { StartsAt = Day.AddDays(29) }, "ann", null))
            .Refusal!.Code.ShouldBe("experiment_overlaps");
        Decide(first, new DeclareExperiment(next with { StartsAt = Day.AddDays(30) }, "ann", null)).Events.Count.ShouldBe(1);

        var ended = Do(first, new EndExperiment("spring", "ann", null));
        Decide(ended, new DeclareExperiment(next, "ann", null)).Events.Count.ShouldBe(1);
        Decide(ended, new EndExperiment("spring", "ann", null)).Events.ShouldBeEmpty();
        Decide(ended, new DeclareExperiment(Terms, "ann", null)).Refusal!.Code.ShouldBe("experiment_changed");
        Decide(ended, new EndExperiment("summer", "ann", null)).Refusal!.Code.ShouldBe("unknown_experiment");
        Decide(new Audience("other"), new EndExperiment("spring", "ann", null)).Refusal!.Code.ShouldBe("unknown_audience");
    }

    [Fact]
    public void A_file_ends_what_it_declared_and_no_longer_declares_and_may_put_another_in_its_place()
    {
        const string File = EventUpcasters.Configuration;
        var first = Apply(Known, File, Terms);
        DeclarationRules.Decide(first, Declaration(Terms), File, null).Events.ShouldBeEmpty();

        var changed = DeclarationRules.Decide(first, Declaration(Terms with { Name = "summer" }), File, null);
        changed.Refusal.ShouldBeNull();
        changed.Events.Select(stored => stored.GetType().Name).ShouldBe(["AudienceExperimentEnded", "AudienceExperimentDeclared"]);
        changed.Events[0].Why.ShouldBe("no longer declared");

        var manual = Do(Known, new DeclareExperiment(Terms, "ann", null));
        DeclarationRules.Decide(manual, Declaration(), File, null).Events.ShouldBeEmpty("an operator declared it");
        var ended = Do(first, new EndExperiment("spring", "ann", null));
        var again = DeclarationRules.Decide(ended, Declaration(Terms), File, null);
        (again.Refusal, again.Events.Count, again.Notes.Count).ShouldBe((null, 0, 1));
    }

    private static AudienceDeclaration Declaration(params ExperimentTerms[] experiments) =>
        AudienceDeclaration.Gone("cart") with
        {
            Experiments = experiments,
        };

    private static Audience Apply(Audience audience, string by, params ExperimentTerms[] experiments) =>
        DeclarationRules
            .Decide(audience, Declaration(experiments), by, null)
            .Events.Aggregate(audience, (state, stored) => state.Apply(stored));

    private static AudienceDecision Decide(Audience audience, AudienceCommand command) => AudienceRules.Decide(audience, command);

    private static Audience Do(Audience audience, AudienceCommand command)
    {
        var decision = Decide(audience, command);
        decision.Refusal.ShouldBeNull();
        decision.Events.Count.ShouldBe(1);
        return decision.Events.Aggregate(audience, (state, stored) => state.Apply(stored));
    }
}
