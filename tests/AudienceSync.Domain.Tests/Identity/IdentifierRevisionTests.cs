using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class IdentifierRevisionTests
{
    private const int Stories = 20_000;

    [Fact]
    public void Any_permutation_and_duplication_of_the_same_sayings_ends_alike()
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var story = Enumerable.Range(0, random.Next(1, 7)).Select(_ => Saying(random)).ToList();
            var expected = Fold(story);
            for (var again = 0; again < 4; again++)
            {
                Fold(Shuffle.WithRepeats(story, random)).ShouldBe(expected, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Every_order_of_four_sayings_ends_alike()
    {
        (PersonIdentifiers, DateTimeOffset)[] story =
        [
            (Words("c", "a@x", "1", "DE"), Said.At(1)),
            (Words(null, "b@x", null, "US"), Said.At(3)),
            (Words(null, "a@x", "1", "US"), Said.At(5)),
            (Words("c", null, "2", "DE"), Said.At(5)),
        ];
        var ends = Orders(story).Select(order => Fold([.. order])).Distinct().ToList();
        ends.ShouldHaveSingleItem().Identifiers.ShouldBe(Words("c", "a@x", "2", "DE"));
    }

    [Fact]
    public void Saying_the_same_again_returns_the_same_instance()
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var story = Enumerable.Range(0, random.Next(1, 7)).Select(_ => Saying(random)).ToList();
            var revision = Fold(story);
            foreach (var (said, at) in story)
            {
                revision.Merge(said, at).ShouldBeSameAs(revision, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void An_address_said_again_later_outlives_an_older_saying_of_another_that_arrives_late()
    {
        var revision = IdentifierRevision.First(Words(null, "a@x", null, "DE"), Said.At(1)).Merge(Words(null, "a@x", null, "DE"), Said.At(5));
        revision.Merge(Words(null, "b@x", null, "DE"), Said.At(3)).Email.ShouldBe("a@x");
    }

    [Fact]
    public void An_address_said_again_later_leaves_the_identifiers_equal_so_that_no_new_revision_is_due()
    {
        var first = IdentifierRevision.First(Words("c", "a@x", "1", "DE"), Said.At(1));
        first.Merge(Words("c", "a@x", "1", "DE"), Said.At(9)).Identifiers.ShouldBe(first.Identifiers);
    }

    [Fact]
    public void The_country_is_the_phones_and_a_webhook_without_a_phone_does_not_change_it()
    {
        IdentifierRevision.First(Words("c", "a@x", null, "DE"), Said.At(1)).Country.ShouldBe("");
        var withPhone = IdentifierRevision.First(Words("c", null, "1", "DE"), Said.At(1));
        withPhone.Merge(Words("c", "a@x", null, "US"), Said.At(9)).Country.ShouldBe("DE");
    }

    [Fact]
    public void What_is_not_said_takes_nothing_away()
    {
        var full = IdentifierRevision.First(Words("c", "a@x", "1", "DE"), Said.At(1));
        full.Merge(Words(null, null, null, "US"), Said.At(9)).ShouldBeSameAs(full);
    }

    [Fact]
    public void Personal_data_is_not_in_the_text_of_a_record()
    {
        var said = Words("c-42", "ann@x.org", "0171 5", "DE");
        var text = said + " " + IdentifierRevision.First(said, Said.At(1));
        text.ShouldNotContain("c-42");
        text.ShouldNotContain("ann");
        text.ShouldNotContain("0171");
    }

    private static IdentifierRevision Fold(IReadOnlyList<(PersonIdentifiers Said, DateTimeOffset At)> story) =>
        story.Skip(1).Aggregate(IdentifierRevision.First(story[0].Said, story[0].At), (revision, next) => revision.Merge(next.Said, next.At));

    // One person has one customer id at most (IdentityBook sees to it), so a story has one.
    private static (PersonIdentifiers Said, DateTimeOffset At) Saying(Random random) => (
        Words(
            random.Next(3) == 0 ? "c" : null,
            random.Next(3) == 0 ? null : $"{(char)('a' + random.Next(3))}@x",
            random.Next(3) == 0 ? null : $"{random.Next(3)}",
            random.Next(2) == 0 ? "DE" : "US"),
        Said.At(random.Next(4)));

    private static PersonIdentifiers Words(string? customerId, string? email, string? phone, string country) => new(customerId, email, phone, country);

    private static IEnumerable<IEnumerable<T>> Orders<T>(IReadOnlyList<T> items) => items.Count == 0
        ? [[]]
        : Enumerable.Range(0, items.Count).SelectMany(i => Orders([.. items.Where((_, j) => j != i)]).Select(rest => rest.Prepend(items[i])));
}
