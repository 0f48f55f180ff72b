using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Normalizing;

/// <summary>A person with a single known field, and the result of normalizing it.</summary>
internal static class Someone
{
    /// <summary>Country is the default country of a phone, and the country of residence of a state or postal code.</summary>
    public static PersonIdentifiers With(PersonField field, string text, string country = "", HashedFields hashed = HashedFields.None)
    {
        var empty = new PersonIdentifiers(null, null, null, field == PersonField.Phone ? country : "") { Hashed = hashed };
        var home = country.Length == 0 ? null : country;
        return field switch
        {
            PersonField.Email => empty with { Email = text },
            PersonField.Phone => empty with { Phone = text },
            PersonField.ExternalId => empty with { CustomerId = text },
            PersonField.FirstName or PersonField.FirstInitial => empty with { Details = new PersonDetails { FirstName = text } },
            PersonField.LastName => empty with { Details = new PersonDetails { LastName = text } },
            PersonField.City => empty with { Details = new PersonDetails { City = text } },
            PersonField.State => empty with
            {
                Details = new PersonDetails { State = text, Country = home },
            },
            PersonField.PostalCode => empty with
            {
                Details = new PersonDetails { PostalCode = text, Country = home },
            },
            PersonField.Country => empty with { Details = new PersonDetails { Country = text } },
            PersonField.Gender => empty with { Details = new PersonDetails { Gender = text } },
            PersonField.DeviceId => empty with { Details = new PersonDetails { DeviceId = text } },
            _ => empty with { Details = new PersonDetails { BirthDate = text } },
        };
    }

    /// <summary>What is sent; empty when nothing is sent.</summary>
    public static string Sent(this Normalizer normalizer, PersonIdentifiers person, PersonField field)
    {
        using var cells = new CellWriter();
        var bytes = new byte[CellWriter.MaxBytes];
        return Encoding.ASCII.GetString(bytes, 0, cells.Write(normalizer, person, field, bytes).Length);
    }

    public static CellReason Reason(this Normalizer normalizer, PersonIdentifiers person, PersonField field) =>
        normalizer.Normalize(person, field, new char[Normalizer.MaxChars]).Reason;
}
