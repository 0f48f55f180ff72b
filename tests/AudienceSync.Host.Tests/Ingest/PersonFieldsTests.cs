using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>The fields of a person other than the addresses.</summary>
public sealed class PersonFieldsTests
{
    private const string Digest = "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79";

    private const string Details = """
        "first_name":" Mary ","last_name":"O'Brien","city":"New York","state":"NY","postal_code":10001,"country":"US","gender":"f",
        "birth_date":"1990-02-15","device_id":"EA7583CD-A667-48BC-B806-42ECB2B48606"
        """;

    private static readonly PersonDetails Mary = new()
    {
        FirstName = "Mary",
        LastName = "O'Brien",
        City = "New York",
        State = "NY",
        PostalCode = "10001",
        Country = "US",
        Gender = "f",
        BirthDate = "1990-02-15",
        DeviceId = "EA7583CD-A667-48BC-B806-42ECB2B48606",
    };

    [Theory]
    [InlineData("{\"person\":{\"id\":\"1\",\"email\":\"" + Digest + "\"," + Details + "}}")]
    [InlineData("{\"customer_id\":\"1\",\"email\":\"" + Digest + "\"," + Details + "}")]
    public void Details_are_read_from_the_object_or_flat(string json)
    {
        Read(json, out var person).ShouldBeNull();

        person.ShouldBe(
            new PersonIdentifiers("1", Digest, null, "US")
            {
                Details = Mary,
                Hashed = HashedFields.EmailSha256,
                CanonicalEmail = Digest,
                Parser = IdentifierReader.ParserVersion,
            }
        );
    }

    [Theory]
    [InlineData("""{"person":{"id":"1"}}""")]
    [InlineData("""{"person":{"id":"1","first_name":"","city":"  ","gender":null}}""")]
    public void Empty_details_are_null(string json)
    {
        Read(json, out var person).ShouldBeNull();

        person.Details.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"person":{"id":"1","first_name":["Mary"]}}""", "person.first_name")]
    [InlineData("""{"person":{"id":"1","birth_date":{"year":1990}}}""", "person.birth_date")]
    [InlineData("""{"customer_id":"1","city":true}""", "city")]
    public void A_detail_that_is_not_text_is_left_out_with_a_warning(string json, string field)
    {
        Read(json, out var person, out var warnings).ShouldBeNull();

        person.Details.ShouldBeNull();
        warnings.ShouldBe([new EventWarning("invalid_person", field)]);
    }

    private static IngestProblem? Read(string json, out PersonIdentifiers person)
    {
        var problem = Read(json, out person, out var warnings);
        warnings.ShouldBeNull();
        return problem;
    }

    private static IngestProblem? Read(string json, out PersonIdentifiers identifiers, out EventWarning[]? warnings)
    {
        using var document = JsonDocument.Parse(json);
        using var digester = new AliasDigester(new byte[32]);
        var source = new Source("shop", SignatureMode.Off, [], "DE") { Hashed = HashedFields.EmailSha256 };
        var list = default(WarningList);
        var problem = PersonFields.TryRead(document.RootElement, source, digester, isRemoval: false, ref list, out var person);
        (identifiers, warnings) = (person.Identifiers, list.ToArray());
        return problem;
    }
}
