using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Decisions;

/// <summary>Who is meant by several identifiers.</summary>
public sealed class AskedPersonTests
{
    private static readonly Alias Customer = Of(IdentifierKind.CustomerId, 1);
    private static readonly Alias Email = Of(IdentifierKind.Email, 2);
    private static readonly Alias Phone = Of(IdentifierKind.Phone, 3);
    private static readonly Alias OlderPhone = Of(IdentifierKind.Phone, 4);

    private static readonly PersonId CustomerAnchor = new(Guid.NewGuid());
    private static readonly PersonId EmailAnchor = new(Guid.NewGuid());
    private static readonly PersonId PhoneAnchor = new(Guid.NewGuid());

    [Fact]
    public void The_strongest_known_identifier_decides()
    {
        var anchors = Anchors(emailOwner: null, phoneOwner: null);
        var found = Found((Customer, CustomerAnchor), (Email, EmailAnchor), (Phone, PhoneAnchor));
        AskedPerson.Find([Customer, Email, Phone], found, anchors).ShouldBe(CustomerAnchor);
        AskedPerson.Find([Email, Phone], found, anchors).ShouldBe(EmailAnchor);
        AskedPerson.Find([Phone], found, anchors).ShouldBe(PhoneAnchor);
        AskedPerson.Find([Phone], Found(), anchors).ShouldBeNull();
    }

    [Fact]
    public void A_linked_identifier_leads_to_its_root()
    {
        var anchors = Anchors(emailOwner: CustomerAnchor, phoneOwner: EmailAnchor);
        AskedPerson.Find([Phone], Found((Phone, PhoneAnchor)), anchors).ShouldBe(CustomerAnchor);
    }

    [Fact]
    public void Somebody_new_is_not_the_person_whose_weaker_identifier_they_show_unless_that_person_has_nothing_as_strong()
    {
        var linked = Anchors(emailOwner: CustomerAnchor, phoneOwner: null);
        AskedPerson.Find([Customer, Email], Found((Email, EmailAnchor)), linked).ShouldBeNull("another customer has the email");
        var alone = Anchors(emailOwner: null, phoneOwner: null);
        AskedPerson.Find([Customer, Email], Found((Email, EmailAnchor)), alone).ShouldBe(EmailAnchor, "a guest becomes the customer");
        AskedPerson.Find([Email, Phone], Found((Phone, PhoneAnchor)), alone).ShouldBe(PhoneAnchor);
        var withEmail = Anchors(emailOwner: null, phoneOwner: EmailAnchor);
        AskedPerson.Find([Email, Phone], Found((Phone, PhoneAnchor)), withEmail).ShouldBeNull("another email has the phone");
    }

    [Fact]
    public void The_form_of_an_older_reader_counts_only_when_the_current_one_is_unknown()
    {
        var anchors = Anchors(emailOwner: null, phoneOwner: null);
        AskedPerson.Find([Phone], Found((OlderPhone, PhoneAnchor)), anchors).ShouldBe(PhoneAnchor);
        AskedPerson.Find([Phone], Found((OlderPhone, PhoneAnchor), (Phone, EmailAnchor)), anchors).ShouldBe(EmailAnchor);
        AskedPerson.Find([Email], Found((OlderPhone, PhoneAnchor)), anchors).ShouldBeNull("it is of another kind");
    }

    private static Alias Of(IdentifierKind kind, int number) => new(kind, new AliasDigest(new Guid(number, 0, 0, new byte[8])));

    private static FoundAlias[] Found(params (Alias Alias, PersonId Holder)[] found) =>
        [.. found.Select(one => new FoundAlias(one.Alias, one.Holder))];

    private static Dictionary<PersonId, StoredAnchor> Anchors(PersonId? emailOwner, PersonId? phoneOwner) =>
        new()
        {
            [CustomerAnchor] = new StoredAnchor(IdentifierKind.CustomerId, null),
            [EmailAnchor] = new StoredAnchor(IdentifierKind.Email, emailOwner),
            [PhoneAnchor] = new StoredAnchor(IdentifierKind.Phone, phoneOwner),
        };
}
