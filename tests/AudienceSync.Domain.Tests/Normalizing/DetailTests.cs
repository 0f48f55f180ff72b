using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using static AudienceSync.Domain.Normalizing.PersonField;

namespace AudienceSync.Domain.Tests.Normalizing;

/// <summary>Cases about names, places and dates that the contracts leave open, with our decisions.</summary>
public sealed class DetailTests
{
    private static readonly Normalizer Meta = MetaNormalizer.Version1;

    [Theory]
    [InlineData(FirstName, "", "  Mary   Jane ", "mary jane")]
    [InlineData(FirstName, "", "Mary-Jane", "maryjane")]
    [InlineData(FirstName, "", "J. R.", "j r")]
    [InlineData(FirstName, "", "Mary\uD83C\uDF38 ", "mary")]
    [InlineData(FirstName, "", "\u202AMary\u202C", "mary")]
    [InlineData(LastName, "", "D\u2019Angelo", "dangelo")]
    [InlineData(LastName, "", "e-\u0301", "\u00E9")]
    [InlineData(FirstInitial, "", "\u00C9lodie", "e")]
    [InlineData(FirstInitial, "", "'Abd", "a")]
    [InlineData(FirstInitial, "", "\u00C6gir", "a")]
    [InlineData(FirstInitial, "", "\uC815", null)]
    [InlineData(City, "", "Stra\u00DFburg", "strassburg")]
    [InlineData(City, "", "\u0141\u00F3d\u017A", "lodz")]
    [InlineData(City, "", "6th of October City", "thofoctobercity")]
    [InlineData(City, "", "\u6771\u4EAC", null)]
    [InlineData(State, "US", "D.C.", "dc")]
    [InlineData(State, "US", "Atlantis", null)]
    [InlineData(State, "DE", "Baden-W\u00FCrttemberg", "badenwurttemberg")]
    [InlineData(State, "UY", "Florida", "florida")]
    [InlineData(State, "", "Florida", "fl")]
    [InlineData(State, "", "Bayern", "bayern")]
    [InlineData(PostalCode, "US", "9403", null)]
    [InlineData(PostalCode, "us", "940351234", "94035")]
    [InlineData(PostalCode, "JP", "\uFF11\uFF10\uFF10\u20130001", "100-0001")]
    [InlineData(PostalCode, "PT", "1229-076", "1229-076")]
    [InlineData(PostalCode, "GB", "\"},{", null)]
    [InlineData(Country, "", " de ", "de")]
    [InlineData(Gender, "", " WOMAN", "f")]
    [InlineData(BirthYear, "", "1990-02-15T00:00:00Z", "1990")]
    [InlineData(BirthDay, "", "19900215", "15")]
    [InlineData(BirthDay, "", "1990/2/5", "05")]
    [InlineData(BirthYear, "", "1899-12-31", null)]
    [InlineData(BirthDay, "", "1990-02-30", null)]
    [InlineData(BirthDay, "", "1990-2", null)]
    [InlineData(BirthMonth, "", "1990-13-01", null)]
    [InlineData(BirthMonth, "", "02/15/1990", null)]
    [InlineData(BirthMonth, "", "1990-", null)]
    [InlineData(BirthMonth, "", "1990-02-15-", null)]
    [InlineData(BirthYear, "", "90", null)]
    [InlineData(BirthYear, "", "0000-00-00", null)]
    [InlineData(DeviceId, "", "00000000-0000-0000-0000-000000000000", null)]
    [InlineData(DeviceId, "", "not an id", null)]
    public void A_detail_has_one_normal_form_or_none(PersonField field, string country, string raw, string? expected) =>
        Meta.Text(Someone.With(field, raw, country), field).ShouldBe(expected);

    [Theory]
    [InlineData(FirstName, CellReason.TooLong)]
    [InlineData(City, CellReason.TooLong)]
    [InlineData(State, CellReason.TooLong)]
    [InlineData(PostalCode, CellReason.TooLong)]
    [InlineData(DeviceId, CellReason.TooLong)]
    [InlineData(ExternalId, CellReason.TooLong)]
    [InlineData(Gender, CellReason.NotListed)]
    [InlineData(Email, CellReason.TooLong)]
    public void Ten_thousand_characters_are_normalized_without_failure(PersonField field, CellReason reason)
    {
        Meta.Reason(Someone.With(field, new string('\u0390', 10_000)), field).ShouldBe(reason);
        Meta.Reason(Someone.With(field, new string('a', 10_000)), field).ShouldBe(reason);
    }

    [Fact]
    public void A_lone_surrogate_makes_a_name_unusable() =>
        Meta.Reason(Someone.With(FirstName, "a\uD800"), FirstName).ShouldBe(CellReason.Malformed);

    [Fact]
    public void A_missing_value_is_absent_in_every_cell()
    {
        var nobody = new PersonIdentifiers(null, null, null, "");
        foreach (var field in Enum.GetValues<PersonField>())
        {
            Meta.Reason(nobody, field).ShouldBe(CellReason.Absent);
        }
    }

    [Fact]
    public void The_text_of_a_person_contains_no_personal_data()
    {
        var person = Someone.With(FirstName, "Mary");

        $"{person} {person.Details}".ShouldBe("PersonIdentifiers(***) PersonDetails(***)");
    }
}
