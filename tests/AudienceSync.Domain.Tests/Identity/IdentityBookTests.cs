using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class IdentityBookTests
{
    private readonly IdentityBook _book = new();
    private int _lastPerson;

    [Fact]
    public void Somebody_unheard_of_is_a_new_person()
    {
        var first = Resolve(1, Said.Customer(1), Said.Email(1));
        first.ShouldBe(new Resolution(Said.Person(1), IsNew: true, NewAlias: true));
        _book.ChangedBindings.Count.ShouldBe(2);
        _book.Person(first.Person).Has(IdentifierKind.CustomerId).ShouldBeTrue();
        _book.Person(first.Person).Has(IdentifierKind.Email).ShouldBeTrue();
        _book.Person(first.Person).Has(IdentifierKind.Phone).ShouldBeFalse();
    }

    [Fact]
    public void A_customer_id_beats_an_email()
    {
        var byId = Resolve(1, Said.Customer(1));
        var byEmail = Resolve(2, Said.Email(1));
        byEmail.Person.ShouldNotBe(byId.Person);
        Resolve(3, Said.Customer(1), Said.Email(1)).Person.ShouldBe(byId.Person);
    }

    [Fact]
    public void An_email_beats_a_phone()
    {
        var byEmail = Resolve(1, Said.Email(1));
        var byPhone = Resolve(2, Said.Phone(1));
        byPhone.Person.ShouldNotBe(byEmail.Person);
        Resolve(3, Said.Email(1), Said.Phone(1)).Person.ShouldBe(byEmail.Person);
    }

    [Fact]
    public void A_guest_known_by_email_becomes_the_customer()
    {
        var guest = Resolve(1, Said.Email(1));
        var customer = Resolve(2, Said.Customer(1), Said.Email(1));
        customer.ShouldBe(new Resolution(guest.Person, IsNew: false, NewAlias: true));
        Resolve(3, Said.Customer(1)).Person.ShouldBe(guest.Person);
    }

    [Fact]
    public void A_guest_known_by_phone_becomes_the_customer_although_an_email_is_given_too()
    {
        var guest = Resolve(1, Said.Phone(1));
        Resolve(2, Said.Customer(1), Said.Email(1), Said.Phone(1)).Person.ShouldBe(guest.Person);
        Resolve(3, Said.Email(1)).Person.ShouldBe(guest.Person);
    }

    [Fact]
    public void A_phone_does_not_lead_past_an_email_that_its_holder_already_has_another_of()
    {
        var holder = Resolve(1, Said.Email(1), Said.Phone(1));
        var other = Resolve(2, Said.Customer(1), Said.Email(2), Said.Phone(1));
        other.IsNew.ShouldBeTrue();
        other.Person.ShouldNotBe(holder.Person);
    }

    [Fact]
    public void Another_customers_email_never_joins_the_two()
    {
        var first = Resolve(1, Said.Customer(1), Said.Email(1));
        var second = Resolve(2, Said.Customer(2), Said.Email(1));
        second.IsNew.ShouldBeTrue();
        second.Person.ShouldNotBe(first.Person);
        Resolve(3, Said.Customer(1)).Person.ShouldBe(first.Person);
        Resolve(3, Said.Customer(2)).Person.ShouldBe(second.Person);
    }

    [Fact]
    public void The_shared_email_follows_the_newer_webhook()
    {
        Resolve(1, Said.Customer(1), Said.Email(1));
        var newer = Resolve(2, Said.Customer(2), Said.Email(1));
        newer.NewAlias.ShouldBeTrue();
        Resolve(3, Said.Email(1)).Person.ShouldBe(newer.Person);
        _book.ChangedBindings.ShouldContain(new AliasBinding(Said.Email(1), newer.Person, Said.At(2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_shared_email_does_not_follow_a_webhook_that_is_older_or_of_the_same_time(int late)
    {
        var first = Resolve(2, Said.Customer(1), Said.Email(1));
        Resolve(late, Said.Customer(2), Said.Email(1));
        Resolve(3, Said.Email(1)).Person.ShouldBe(first.Person);
    }

    [Fact]
    public void Two_emails_of_one_customer_are_one_person()
    {
        var person = Resolve(1, Said.Customer(1), Said.Email(1)).Person;
        Resolve(2, Said.Customer(1), Said.Email(2)).ShouldBe(new Resolution(person, IsNew: false, NewAlias: true));
        Resolve(3, Said.Email(1)).Person.ShouldBe(person);
        Resolve(3, Said.Email(2)).Person.ShouldBe(person);
    }

    [Fact]
    public void The_webhooks_of_a_batch_see_each_other()
    {
        var people = new[]
        {
            Resolve(1, Said.Email(1)).Person,
            Resolve(2, Said.Email(1), Said.Phone(1)).Person,
            Resolve(3, Said.Phone(1)).Person,
            Resolve(4, Said.Customer(1), Said.Phone(1)).Person,
            Resolve(5, Said.Customer(1)).Person,
        };
        people.ShouldAllBe(person => person == people[0]);
    }

    [Fact]
    public void What_was_loaded_counts_as_what_the_batch_said()
    {
        var stored = new KnownPerson(Said.Person(77), Kinds: 0, Revision: 4, StreamVersion: 9).With(IdentifierKind.Email);
        _book.Load(new AliasBinding(Said.Email(1), stored.Id, Said.At(1)), stored);
        Resolve(2, Said.Customer(1), Said.Email(1)).ShouldBe(new Resolution(stored.Id, IsNew: false, NewAlias: true));
        _book.Person(stored.Id).ShouldBe(stored.With(IdentifierKind.CustomerId));
        _book.ChangedBindings.ShouldBe([new AliasBinding(Said.Customer(1), stored.Id, Said.At(2))]);
    }

    [Fact]
    public void A_person_named_as_before_writes_nothing()
    {
        var stored = new KnownPerson(Said.Person(77), Kinds: 0, Revision: 4, StreamVersion: 9).With(IdentifierKind.Email);
        _book.Load(new AliasBinding(Said.Email(1), stored.Id, Said.At(1)), stored);
        Resolve(5, Said.Email(1)).ShouldBe(new Resolution(stored.Id, IsNew: false, NewAlias: false));
        _book.ChangedBindings.ShouldBeEmpty();
    }

    [Fact]
    public void What_the_caller_did_to_a_person_is_kept()
    {
        var person = Resolve(1, Said.Email(1)).Person;
        _book.Update(_book.Person(person) with { Revision = 1, StreamVersion = 2 });
        Resolve(2, Said.Email(1), Said.Phone(1));
        _book.Person(person).Revision.ShouldBe(1);
        _book.Person(person).Has(IdentifierKind.Phone).ShouldBeTrue();
    }

    [Fact]
    public void A_webhook_that_names_nobody_is_an_error() => Should.Throw<ArgumentException>(() => Resolve(1));

    private Resolution Resolve(int second, params Alias[] aliases) => _book.Resolve(aliases, Said.At(second), Said.Person(++_lastPerson));
}
