using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Normalizing;

public sealed class CellWriterTests
{
    private static readonly PersonIdentifiers Mary = IdentifierReader.Ensure(
        new("7", " Mary+x@Gmail.com ", "+1 (555) 987-6543", "US")
        {
            Details = new PersonDetails
            {
                FirstName = "Mr. Jos\u00E9",
                LastName = "O'Brien, Jr.",
                City = "S\u00E3o Paulo",
                State = "New York",
                PostalCode = "94035-1234",
                Country = "US",
                Gender = "F",
                BirthDate = "1990-02-15",
                DeviceId = "EA7583CD-A667-48BC-B806-42ECB2B48606",
            },
        }
    );

    [Fact]
    public void Writing_every_cell_of_every_platform_allocates_nothing()
    {
        using var cells = new CellWriter();
        var into = new byte[CellWriter.MaxBytes];
        Normalizer[] all = [.. Normalizers.BuiltIn.All];
        var fields = Enum.GetValues<PersonField>();

        Allocation
            .PerThousandOf(() =>
            {
                foreach (var normalizer in all)
                {
                    foreach (var field in fields)
                    {
                        cells.Write(normalizer, Mary, field, into);
                    }
                }
            })
            .ShouldBe(0);
    }

    [Fact]
    public void A_plain_text_that_is_not_ASCII_or_too_long_is_not_written_by_the_cell_writer()
    {
        using var cells = new CellWriter();
        var into = new byte[CellWriter.MaxBytes];

        cells.Write(MetaNormalizer.Version1, Mary with { CustomerId = "\u00E9" }, PersonField.ExternalId, into).IsEmpty.ShouldBeTrue();
        cells
            .Write(MetaNormalizer.Version1, Mary with { CustomerId = new string('x', 65) }, PersonField.ExternalId, into)
            .IsEmpty.ShouldBeTrue();
        cells.Write(MetaNormalizer.Version1, Mary, PersonField.ExternalId, into).Length.ShouldBe(1);
    }
}
