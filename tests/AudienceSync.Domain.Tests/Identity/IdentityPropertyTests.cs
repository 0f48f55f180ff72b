using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class IdentityPropertyTests
{
    private const int Stories = 3_000;

    [Fact]
    public void Who_is_who_follows_from_what_was_said_and_not_from_its_order()
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var story = Enumerable.Range(0, random.Next(1, 14)).Select(_ => Webhook(random)).ToList();
            var oracle = new IdentityOracle(story);
            for (var again = 0; again < 3; again++)
            {
                var book = Tell(Shuffle.WithRepeats(story, random));
                foreach (var anchor in oracle.Anchors)
                {
                    var root = book.RootOf(book.AnchorOf(anchor.Digest)!.Id);
                    book.Person(root).Anchor.ShouldBe(oracle.RootOf(anchor), $"seed {seed}");
                    var (identifiers, reach) = book.Compose(root, book.Groups()[root]);
                    identifiers.Email.ShouldBe(oracle.ReachedBy(book.Person(root).Anchor, IdentifierKind.Email), $"seed {seed}");
                    identifiers.Phone.ShouldBe(oracle.ReachedBy(book.Person(root).Anchor, IdentifierKind.Phone), $"seed {seed}");
                    (reach.Email is null).ShouldBe(identifiers.Email is null, $"seed {seed}");
                }
            }
        }
    }

    [Fact]
    public void Two_customer_ids_never_become_one_person()
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var book = Tell([.. Enumerable.Range(0, 25).Select(_ => Webhook(random))]);
            book.People.Where(person => person.Anchor.Kind == IdentifierKind.CustomerId).ShouldAllBe(person => person.Owner == null, $"seed {seed}");
        }
    }

    [Fact]
    public void A_guest_who_shows_a_customer_id_later_is_linked_to_the_customer()
    {
        var book = Tell([Said.Webhook(1, Said.Email(1), Said.Phone(1)), Said.Webhook(2, Said.Customer(1), Said.Email(1))]);

        var customer = book.AnchorOf(Said.Customer(1).Digest)!.Id;
        book.RootOf(book.AnchorOf(Said.Email(1).Digest)!.Id).ShouldBe(customer);
        var (identifiers, _) = book.Compose(customer, book.Groups()[customer]);
        identifiers.Phone.ShouldNotBeNull("what the guest said reaches the customer");
        book.Changes.Linked.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_webhook_that_repeats_what_a_revision_holds_says_nothing_new()
    {
        var person = new KnownPerson(Said.Person(1), Said.Customer(1), null, 1, 1, new Reach(Said.Email(1).Digest, null, null));

        IdentityBook.SaysNothingNew(person, Said.Webhook(2, Said.Customer(1), Said.Email(1)), out var kinds).ShouldBeTrue();
        kinds.ShouldBe(4);
        IdentityBook.SaysNothingNew(person, Said.Webhook(2, Said.Customer(1)), out kinds).ShouldBeTrue();
        kinds.ShouldBe(0);
        IdentityBook.SaysNothingNew(person, Said.Webhook(2, Said.Customer(1), Said.Email(2)), out _).ShouldBeFalse();
        IdentityBook.SaysNothingNew(person, Said.Webhook(2, Said.Customer(1), Said.Phone(1)), out _).ShouldBeFalse();
        IdentityBook.SaysNothingNew(person with { Owner = Said.Person(2) }, Said.Webhook(2, Said.Customer(1)), out _).ShouldBeFalse("a linked anchor speaks for another");
    }

    [Fact]
    public void No_more_addresses_of_a_kind_are_remembered_than_the_limit_and_the_oldest_goes()
    {
        var said = Enumerable.Range(1, Sayings.MostOfAKind + 1).Select(n => Said.Webhook(n, Said.Customer(1), Said.Email(n))).ToList();

        var book = Tell(said);

        var own = book.SayingsOf(book.AnchorOf(Said.Customer(1).Digest)!.Id)!;
        own.Addresses.Count.ShouldBe(Sayings.MostOfAKind);
        own.At(Said.Email(1).Digest).ShouldBeNull();
    }

    [Fact]
    public void Personal_data_is_not_in_the_text_of_a_record()
    {
        var said = Said.Webhook(1, Said.Customer(1), Said.Email(1));
        var own = new Sayings();
        own.Say(said);
        var text = $"{said} {said.Identifiers} {own} {own.Addresses[0]} {new IdentifierRevision(own, said.Identifiers)} {new PersonDetails { FirstName = "Ann" }}";

        text.ShouldNotContain("Email-");
        text.ShouldNotContain("CustomerId-");
        text.ShouldNotContain("Ann");
    }

    private static IdentityBook Tell(IReadOnlyList<Statement> story)
    {
        var made = 0;
        var book = new IdentityBook(() => Said.Person(++made));
        foreach (var statement in story)
        {
            book.Take(statement);
        }

        return book;
    }

    private static Statement Webhook(Random random)
    {
        var kinds = Enum.GetValues<IdentifierKind>().Where(_ => random.Next(2) == 0).ToList();
        return Said.Webhook(random.Next(8), [.. (kinds.Count == 0 ? [IdentifierKind.Email] : kinds).Select(kind => Said.Of(kind, random.Next(3)))]);
    }
}
