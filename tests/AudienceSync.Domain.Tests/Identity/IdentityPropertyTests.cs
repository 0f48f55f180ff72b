using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class IdentityPropertyTests
{
    private const int Sequences = 3_000;

    [Fact]
    public void Identity_follows_from_the_statements_and_not_from_their_order()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            var random = new Random(seed);
            var sequence = Enumerable.Range(0, random.Next(1, 14)).Select(_ => Webhook(random)).ToList();
            var oracle = new IdentityOracle(sequence);
            for (var again = 0; again < 3; again++)
            {
                var resolver = Resolve(Shuffle.WithRepeats(sequence, random));
                foreach (var anchor in oracle.Anchors)
                {
                    var root = resolver.RootOf(resolver.AnchorOf(anchor.Digest)!.Id);
                    resolver.Person(root).Anchor.ShouldBe(oracle.RootOf(anchor), $"seed {seed}");
                    var (identifiers, reach) = resolver.Compose(root, resolver.Groups()[root]);
                    identifiers.Email.ShouldBe(oracle.ReachedBy(resolver.Person(root).Anchor, IdentifierKind.Email), $"seed {seed}");
                    identifiers.Phone.ShouldBe(oracle.ReachedBy(resolver.Person(root).Anchor, IdentifierKind.Phone), $"seed {seed}");
                    (reach.Email is null).ShouldBe(identifiers.Email is null, $"seed {seed}");
                }
            }
        }
    }

    [Fact]
    public void Two_customer_ids_never_become_one_person()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            var random = new Random(seed);
            var resolver = Resolve([.. Enumerable.Range(0, 25).Select(_ => Webhook(random))]);
            resolver
                .People.Where(person => person.Anchor.Kind == IdentifierKind.CustomerId)
                .ShouldAllBe(person => person.Owner == null, $"seed {seed}");
        }
    }

    [Fact]
    public void A_guest_with_a_later_customer_id_is_linked_to_the_customer()
    {
        var resolver = Resolve([
            Claims.Webhook(1, Claims.Email(1), Claims.Phone(1)),
            Claims.Webhook(2, Claims.Customer(1), Claims.Email(1)),
        ]);

        var customer = resolver.AnchorOf(Claims.Customer(1).Digest)!.Id;
        resolver.RootOf(resolver.AnchorOf(Claims.Email(1).Digest)!.Id).ShouldBe(customer);
        var (identifiers, _) = resolver.Compose(customer, resolver.Groups()[customer]);
        identifiers.Phone.ShouldNotBeNull("the guest's phone belongs to the customer");
        resolver.Changes.Linked.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_webhook_that_repeats_what_a_revision_holds_adds_nothing_new()
    {
        var person = new KnownPerson(Claims.Person(1), Claims.Customer(1), null, 1, 1, new Reach(Claims.Email(1).Digest, null, null));

        IdentityResolver.IsAlreadyKnown(person, Claims.Webhook(2, Claims.Customer(1), Claims.Email(1)), out var kinds).ShouldBeTrue();
        kinds.ShouldBe(4);
        IdentityResolver.IsAlreadyKnown(person, Claims.Webhook(2, Claims.Customer(1)), out kinds).ShouldBeTrue();
        kinds.ShouldBe(0);
        IdentityResolver.IsAlreadyKnown(person, Claims.Webhook(2, Claims.Customer(1), Claims.Email(2)), out _).ShouldBeFalse();
        IdentityResolver.IsAlreadyKnown(person, Claims.Webhook(2, Claims.Customer(1), Claims.Phone(1)), out _).ShouldBeFalse();
        IdentityResolver
            .IsAlreadyKnown(person with { Owner = Claims.Person(2) }, Claims.Webhook(2, Claims.Customer(1)), out _)
            .ShouldBeFalse("a linked anchor is not a root");
    }

    [Fact]
    public void Addresses_of_a_kind_are_kept_up_to_the_limit_and_the_oldest_is_dropped()
    {
        var statement = Enumerable
            .Range(1, IdentifierClaims.MaxPerKind + 1)
            .Select(n => Claims.Webhook(n, Claims.Customer(1), Claims.Email(n)))
            .ToList();

        var resolver = Resolve(statement);

        var own = resolver.ClaimsOf(resolver.AnchorOf(Claims.Customer(1).Digest)!.Id)!;
        own.Addresses.Count.ShouldBe(IdentifierClaims.MaxPerKind);
        own.At(Claims.Email(1).Digest).ShouldBeNull();
    }

    [Fact]
    public void The_text_of_a_record_contains_no_personal_data()
    {
        var statement = Claims.Webhook(1, Claims.Customer(1), Claims.Email(1));
        var own = new IdentifierClaims();
        own.Add(statement);
        var text =
            $"{statement} {statement.Identifiers} {own} {own.Addresses[0]} "
            + $"{new IdentifierRevision(own, statement.Identifiers)} {new PersonDetails { FirstName = "Ann" }}";

        text.ShouldNotContain("Email-");
        text.ShouldNotContain("CustomerId-");
        text.ShouldNotContain("Ann");
    }

    private static IdentityResolver Resolve(IReadOnlyList<Statement> sequence)
    {
        var made = 0;
        var resolver = new IdentityResolver(() => Claims.Person(++made));
        foreach (var statement in sequence)
        {
            resolver.Take(statement);
        }

        return resolver;
    }

    private static Statement Webhook(Random random)
    {
        var kinds = Enum.GetValues<IdentifierKind>().Where(_ => random.Next(2) == 0).ToList();
        return Claims.Webhook(
            random.Next(8),
            [.. (kinds.Count == 0 ? [IdentifierKind.Email] : kinds).Select(kind => Claims.Of(kind, random.Next(3)))]
        );
    }
}
