using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Tests.Identity;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Exposures;

/// <summary>Arms in the exposure log: when an experiment starts and ends, and when two people become one.</summary>
public sealed class ExperimentExposuresTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = ExposureWorld.Start;

    private static readonly Holdout Spring = new("spring", "spring", 5_000);

    private static readonly PersonId[] People = [.. Enumerable.Range(1, 40).Select(ExposureWorld.Person)];

    // The first of both arms, held out and not, with the lower number first.
    private static readonly PersonId Held = People.First(person => ArmOf(person) == ExposureArm.Holdout);
    private static readonly PersonId Treated = People.First(person => ArmOf(person) == ExposureArm.Treatment);

    [Fact]
    public void Everybody_who_becomes_eligible_while_it_runs_is_assigned_once_and_held_out_people_have_the_same_rows()
    {
        var world = World(from: 0, to: 1_000)
            .Add(Held, Added(1), Start.AddMinutes(1))
            .Add(Treated, Added(1), Start.AddMinutes(1))
            .Add(Held, Removed(2), Start.AddMinutes(2))
            .Add(Held, Added(3), Start.AddMinutes(3))
            .Fold(1);
        Rows(world, Held)
            .ShouldBe([
                (ExposureKind.Assigned, ExposureArm.Holdout, "holdout"),
                (ExposureKind.Eligible, ExposureArm.Holdout, "journey_add"),
                (ExposureKind.Ineligible, ExposureArm.Holdout, "journey_remove"),
                (ExposureKind.Eligible, ExposureArm.Holdout, "journey_add"),
            ]);
        Rows(world, Treated)
            .ShouldBe([
                (ExposureKind.Assigned, ExposureArm.Treatment, "journey_add"),
                (ExposureKind.Eligible, ExposureArm.Treatment, "journey_add"),
            ]);
        world.Spells.Values.ShouldAllBe(spell => spell.Experiment == "spring");
    }

    [Fact]
    public void A_spell_that_lasts_goes_on_in_its_arm_at_the_start_and_another_one_begins_at_the_end()
    {
        var world = World(from: 10, to: 20).Add(Held, Added(1), Start.AddMinutes(1)).Fold();
        world.Take(fold => fold.Advance(new RowId(Held, 1), Start.AddMinutes(15)));
        world.Spells.Values.ShouldHaveSingleItem().Arm.ShouldBe(ExposureArm.Holdout);
        world.Take(fold => fold.Advance(new RowId(Held, 1), Start.AddMinutes(15)));
        world.Take(fold => fold.Advance(new RowId(Held, 1), Start.AddMinutes(25)));
        Rows(world, Held)
            .ShouldBe([
                (ExposureKind.Eligible, ExposureArm.None, "journey_add"),
                (ExposureKind.Assigned, ExposureArm.Holdout, "holdout"),
                (ExposureKind.Ineligible, ExposureArm.Holdout, "experiment_ended"),
                (ExposureKind.Eligible, ExposureArm.None, "experiment_ended"),
            ]);
        world.Rows[1].OccurredAt.ShouldBe(Start.AddMinutes(10));
        world.Rows.Skip(1).ShouldAllBe(row => row.ReceivedAt == null);
        world
            .Spells.OrderBy(spell => spell.Key)
            .Select(spell => (spell.Value.From, spell.Value.To, spell.Value.Experiment))
            .ShouldBe([(Start.AddMinutes(1), Start.AddMinutes(20), "spring"), (Start.AddMinutes(20), (DateTimeOffset?)null, null)]);
    }

    [Fact]
    public void A_window_that_ends_before_the_experiment_ends_its_spell_first()
    {
        var days = (int)TimeSpan.FromDays(8).TotalMinutes;
        var world = World(from: 10, to: days).Add(Held, Added(0), Start).Fold();
        world.Take(fold => fold.Advance(new RowId(Held, 1), Start.AddDays(9)));
        world.Rows.Select(row => row.Kind).ShouldBe([ExposureKind.Eligible, ExposureKind.Assigned, ExposureKind.Expired]);
    }

    [Fact]
    public void Who_turns_out_to_be_an_older_person_is_in_their_arm_from_then_on_and_a_row_records_it()
    {
        var (older, younger) = Pair(ExposureArm.Holdout, ExposureArm.Treatment);
        var world = World(from: 0, to: 1_000)
            .Add(younger, Added(1), Start.AddMinutes(1))
            .Add(older, new PersonLinked(younger), Start.AddMinutes(2))
            .Fold(1);
        Rows(world, younger)
            .ShouldBe([
                (ExposureKind.Assigned, ExposureArm.Treatment, "journey_add"),
                (ExposureKind.Eligible, ExposureArm.Treatment, "journey_add"),
                (ExposureKind.Ineligible, ExposureArm.Treatment, "linked"),
                (ExposureKind.Assigned, ExposureArm.Holdout, "holdout"),
                (ExposureKind.Eligible, ExposureArm.Holdout, "linked"),
            ]);
    }

    [Fact]
    public void Who_turns_out_to_be_a_younger_person_keeps_their_arm()
    {
        var (older, younger) = Pair(ExposureArm.Holdout, ExposureArm.Treatment);
        var world = World(from: 0, to: 1_000)
            .Add(older, Added(1), Start.AddMinutes(1))
            .Add(younger, new PersonLinked(older), Start.AddMinutes(2))
            .Add(older, Removed(3), Start.AddMinutes(3))
            .Add(older, Added(4), Start.AddMinutes(4))
            .Fold(1);
        world.Rows.ShouldAllBe(row => row.Arm == ExposureArm.Holdout && row.Person == older);
        world.Rows.Count(row => row.Kind == ExposureKind.Assigned).ShouldBe(1);
    }

    [Fact]
    public void A_delivery_from_before_the_start_is_in_no_arm()
    {
        var spell = new ExposureSpell(1, Held, 1, Start, Start) { Arm = ExposureArm.Holdout, Experiment = "spring" };
        var (calendar, key) = (Calendar(10, 20), new ExposureWorld().Keys[0]);
        calendar.AsOf(key, spell, Start.AddMinutes(9)).Arm.ShouldBe(ExposureArm.None);
        calendar.AsOf(key, spell, Start.AddMinutes(10)).ShouldBe(spell);
    }

    [Fact]
    public void Pages_of_any_size_and_sweeps_at_any_time_give_the_same_rows()
    {
        var random = Seeds.Of(output, 20261202);
        for (var run = 0; run < 50; run++)
        {
            var (start, length) = (random.Next(1, 2_000), random.Next(1, 2_000));
            var (whole, paged) = (World(start, start + length), World(start, start + length));
            foreach (var (person, stored, at) in History(random))
            {
                whole.Add(person, stored, at);
                paged.Add(person, stored, at);
                paged.Take(fold => fold.Apply(paged.Log[^1]));
                if (random.Next(3) == 0)
                {
                    Sweep(paged, at, random.Next(2));
                }
            }

            whole.Fold();
            foreach (var world in new[] { whole, paged })
            {
                Sweep(world, Start.AddMinutes(10_000), 0);
            }

            Describe(paged).ShouldBe(Describe(whole), $"run {run}");
        }
    }

    private static IEnumerable<(PersonId Person, IStoredEvent Event, DateTimeOffset At)> History(Random random)
    {
        for (var (n, at) = (0, 0); n < 60; n++)
        {
            at += random.Next(1, 100);
            var who = random.Next(8);
            yield return random.Next(8) switch
            {
                0 when who > 0 => (People[who], new PersonLinked(People[random.Next(who)]), Start.AddMinutes(at)),
                < 5 => (People[who], Added(at), Start.AddMinutes(at)),
                _ => (People[who], Removed(at), Start.AddMinutes(at)),
            };
        }
    }

    private static void Sweep(ExposureWorld world, DateTimeOffset at, int skip) =>
        world.Take(fold =>
        {
            foreach (var person in People.Take(8).Skip(skip))
            {
                fold.Advance(new RowId(person, 1), at);
            }
        });

    private static List<string> Describe(ExposureWorld world) =>
        [
            .. world
                .Rows.Select(row => $"{row.Person} {row.Kind} {row.Arm} {row.Experiment} {row.OccurredAt:O} {row.Reason}")
                .Order(StringComparer.Ordinal),
            .. world
                .Spells.Values.Select(spell =>
                    $"{spell.Person} {spell.From:O} {spell.To:O} {spell.Arm} {spell.Experiment} {spell.EndReason}"
                )
                .Order(StringComparer.Ordinal),
        ];

    private static ExposureArm ArmOf(PersonId person) => ArmRule.ArmOf(Spring, person);

    private static (PersonId Older, PersonId Younger) Pair(ExposureArm older, ExposureArm younger)
    {
        var first = People.First(person => ArmOf(person) == older);
        return (first, People.First(person => person.Value > first.Value && ArmOf(person) == younger));
    }

    private static ExperimentCalendar Calendar(int from, int to) =>
        new([new ExperimentPeriod("cart", Spring, Start.AddMinutes(from), Start.AddMinutes(to))]);

    private static ExposureWorld World(int from, int to) => new() { Experiments = Calendar(from, to) };

    private static AudienceMemberAdded Added(int minutes) =>
        new(AudienceKey.Of("cart", 1), Start.AddMinutes(minutes), "app", default, null);

    private static AudienceMemberRemoved Removed(int minutes) =>
        new(AudienceKey.Of("cart", 1), Start.AddMinutes(minutes), "app", default, null);

    private static IEnumerable<(ExposureKind, ExposureArm, string?)> Rows(ExposureWorld world, PersonId person) =>
        world.Rows.Where(row => row.Person == person).Select(row => (row.Kind, row.Arm, row.Reason));
}
