using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Tests.Identity;

namespace AudienceSync.Domain.Tests.Exposures;

public sealed class LogExposuresTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = ExposureWorld.Start;
    private static readonly PersonId Ann = ExposureWorld.Person(1);
    private static readonly PersonId Ben = ExposureWorld.Person(2);

    [Fact]
    public void A_spell_begins_with_an_add_and_ends_with_a_remove_and_a_late_event_changes_nothing()
    {
        var world = new ExposureWorld()
            .Add(Ann, Added(0), Start)
            .Add(Ann, Added(-60), Start.AddMinutes(1))
            .Add(Ann, Removed(10), Start.AddMinutes(10))
            .Add(Ann, Removed(5), Start.AddMinutes(11))
            .Fold();
        Kinds(world).ShouldBe([ExposureKind.Eligible, ExposureKind.Ineligible]);
        world.Rows[0].Reason.ShouldBe("journey_add");
        world.Rows[0].JourneyId.ShouldBe("winback");
        world.Rows[1].Reason.ShouldBe("journey_remove");
        world.Rows[1].OccurredAt.ShouldBe(Start.AddMinutes(10));
        var spell = world.Spells.Values.ShouldHaveSingleItem();
        (spell.From, spell.OpenedAt, spell.To).ShouldBe((Start, Start, Start.AddMinutes(10)));
    }

    [Fact]
    public void A_window_that_passed_before_the_next_event_ends_before_it_and_the_next_add_begins_another_spell()
    {
        var world = new ExposureWorld().Add(Ann, Added(0), Start).Add(Ann, Added(60 * 24 * 8), Start.AddDays(8)).Fold();
        Kinds(world).ShouldBe([ExposureKind.Eligible, ExposureKind.Expired, ExposureKind.Eligible]);
        world.Rows[1].OccurredAt.ShouldBe(Start.AddDays(7));
        world.Rows[1].ReceivedAt.ShouldBeNull("nobody sent it");
        world.Spells.Count.ShouldBe(2);
    }

    [Fact]
    public void A_linked_anchor_ends_its_spell_and_its_person_has_one_from_then_on()
    {
        var world = new ExposureWorld()
            .Add(Ann, Added(0), Start)
            .Add(Ann, new PersonLinked(Ben), Start.AddMinutes(1))
            .Add(Ann, Removed(5), Start.AddMinutes(5))
            .Fold();
        world
            .Rows.Select(row => (row.Kind, row.Person))
            .ShouldBe([
                (ExposureKind.Eligible, Ann),
                (ExposureKind.Ineligible, Ann),
                (ExposureKind.Eligible, Ben),
                (ExposureKind.Ineligible, Ben),
            ]);
        world.Rows[1].Reason.ShouldBe(ExposureReasons.Linked);
        world.Rows[3].Reason.ShouldBe(ExposureReasons.JourneyRemove);
    }

    [Fact]
    public void An_erasure_is_one_row_and_ends_every_spell()
    {
        var erased = new PersonErased(Start.AddHours(1), Guid.Empty);
        var world = new ExposureWorld()
            .Add(Ann, Added(0), Start)
            .Add(Ann, Added(0) with { AudienceKey = AudienceKey.Of("buyers", 1) }, Start)
            .Add(Ben, new PersonLinked(Ann), Start)
            .Add(Ann, erased, Start.AddHours(1))
            .Add(Ben, erased, Start.AddHours(1))
            .Fold(1);
        Kinds(world).ShouldBe([ExposureKind.Eligible, ExposureKind.Eligible, ExposureKind.Erased]);
        world.Spells.Values.ShouldAllBe(spell => spell.EndReason == "erasure" && spell.To == Start.AddHours(1));
    }

    [Fact]
    public void Outcomes_of_messages_are_rows_but_what_a_machine_opened_is_not()
    {
        var clicked = new MessageOutcomeRecorded(Start, "cio", "email", "clicked") { CampaignId = 7, ActionId = 9 };
        var world = new ExposureWorld()
            .Add(Ann, clicked, Start)
            .Add(Ann, clicked with { Machine = true }, Start)
            .Add(Ann, clicked with { Metric = "drafted" }, Start)
            .Fold();
        var row = world.Rows.ShouldHaveSingleItem();
        (row.Kind, row.CampaignId, row.ActionId, row.Source).ShouldBe((ExposureKind.MessageClicked, "7", "9", "cio"));
    }

    [Fact]
    public void Who_denies_consent_or_is_suppressed_is_a_row_with_the_reason_and_without_the_words_of_the_sender()
    {
        var denied = new Consent(ConsentAnswer.Denied, ConsentAnswer.Unspecified);
        var world = new ExposureWorld()
            .Add(Ann, Removed(0) with { Consent = denied }, Start)
            .Add(Ann, new PersonConsentChanged(Start, "app", denied), Start)
            .Add(Ann, new PersonConsentChanged(Start, "app", new Consent(ConsentAnswer.Granted, ConsentAnswer.Granted)), Start)
            .Add(Ann, new PersonSuppressed(Start, "app", "meta", "ann@example.com asked"), Start)
            .Fold();
        world
            .Rows.Select(row => (row.Kind, row.Reason, row.Destination))
            .ShouldBe([
                (ExposureKind.Suppressed, "consent", null),
                (ExposureKind.Suppressed, "consent", null),
                (ExposureKind.Suppressed, "suppression", "meta"),
            ]);
    }

    [Fact]
    public void A_version_that_takes_over_begins_spells_for_all_who_are_present()
    {
        var world = new ExposureWorld()
            .Add(Ann, Added(0), Start)
            .Add(Ben, Added(0), Start)
            .Add(Ben, Removed(1), Start.AddMinutes(1))
            .Fold();
        world.Keys.Add(new PublishedKey(3, AudienceKey.Of("cart", 2), TimeSpan.FromDays(7)) { InheritsFrom = 1, PublishedPos = new(3) });
        world.Take(fold =>
        {
            fold.TakeOver(Ann, 1, 3, Start.AddMinutes(2));
            fold.TakeOver(Ben, 1, 3, Start.AddMinutes(2));
        });
        var row = world.Rows[^1];
        (row.Kind, row.Person, row.KeyId, row.Reason).ShouldBe((ExposureKind.Eligible, Ann, 3, "key_promoted"));
        world.Rows.Count(one => one.KeyId == 3).ShouldBe(1);
    }

    [Fact]
    public void The_rows_are_those_of_an_independent_search_in_pages_of_any_size()
    {
        var random = Seeds.Of(output, 20261201);
        for (var run = 0; run < 30; run++)
        {
            var whole = History(random);
            var expected = new NaiveExposures(
                whole.Keys.ToDictionary(key => key.Key.Value, key => (key.KeyId, key.Window), StringComparer.Ordinal)
            );
            foreach (var logged in whole.Log)
            {
                expected.Apply(logged);
            }

            whole.Fold(random.Next(1, 40));
            // A link moves several keys at once; the order between them means nothing.
            whole
                .Rows.Select(row => (row.Person, row.KeyId, NaiveExposures.Text(row.Kind, row.OccurredAt, row.Reason)))
                .OrderBy(row => (row.Person.Value, row.KeyId))
                .ShouldBe(expected.Rows.OrderBy(row => (row.Person.Value, row.KeyId)));
            whole
                .Spells.Values.Select(spell => (spell.Person, spell.From, spell.OpenedAt, spell.To, spell.EndReason))
                .ShouldBe(
                    expected.Spells.Select(spell => (spell.Person, spell.From, spell.Opened, spell.To, spell.Reason)),
                    ignoreOrder: true
                );
        }
    }

    private static ExposureWorld History(Random random)
    {
        var world = new ExposureWorld();
        var now = Start;
        for (var n = 0; n < 200; n++)
        {
            now = now.AddHours(random.Next(6));
            var who = random.Next(6);
            var person = ExposureWorld.Person(who);
            var at = now.AddHours(-random.Next(24 * 9));
            var key = random.Next(2) == 0 ? AudienceKey.Of("cart", 1) : AudienceKey.Of("buyers", 1);
            switch (random.Next(12))
            {
                case < 5:
                    world.Add(person, new AudienceMemberAdded(key, at, "app", default, null), now);
                    break;
                case < 9:
                    world.Add(person, new AudienceMemberRemoved(key, at, "app", default, null), now);
                    break;
                case 9:
                    world.Add(person, new AudienceExposureRecorded(key, at, "app", default, null), now);
                    break;
                case 10:
                    world.Add(person, new MessageOutcomeRecorded(at, "cio", "email", "clicked") { Machine = random.Next(2) == 0 }, now);
                    break;
                default:
                    if (who > 0)
                    {
                        // Also one that is linked already: then to somebody else.
                        world.Add(person, new PersonLinked(ExposureWorld.Person(random.Next(who))), now);
                    }

                    break;
            }
        }

        return world;
    }

    private static AudienceMemberAdded Added(int minutes) =>
        new(AudienceKey.Of("cart", 1), Start.AddMinutes(minutes), "app", default, new JourneyContext("winback", "step", null, null));

    private static AudienceMemberRemoved Removed(int minutes) =>
        new(AudienceKey.Of("cart", 1), Start.AddMinutes(minutes), "app", default, null);

    private static IEnumerable<ExposureKind> Kinds(ExposureWorld world) => world.Rows.Select(row => row.Kind);
}
