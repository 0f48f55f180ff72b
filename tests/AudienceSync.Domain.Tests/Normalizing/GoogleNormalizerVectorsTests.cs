using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using static AudienceSync.Domain.Normalizing.PersonField;

namespace AudienceSync.Domain.Tests.Normalizing;

/// <summary>The worked examples of contracts/google.md 7.3, the wrong answers of 7.4, and the rules of 7.1, 7.2 and 7.5.</summary>
public sealed class GoogleNormalizerVectorsTests
{
    private static readonly Normalizer Google = Normalizers.For(NormalizerFamily.Google, GoogleNormalizer.Current);

    [Theory]
    [InlineData(Email, " ALEXZ@example.com ", "alexz@example.com", "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a")]
    [InlineData(Email, "QuinnY@EXAMPLE.com", "quinny@example.com", "d00d0a7c6d491b3782fd78b410748048859e16467faa0651f060978d4bb343cc")]
    [InlineData(
        Email,
        "user.name+NYC@Example.com",
        "user.name+nyc@example.com",
        "f109a2a632fbcea5fc82049f50beed3d8621bf9034399f437fb622222acccdac"
    )]
    [InlineData(Email, "  Alex.2@Example.com", "alex.2@example.com", "97a24240e3c76dfc0abdb63a3d73468ff8d94b81fd3dc084cc32994ba4fad7fe")]
    [InlineData(
        Email,
        "Cloudy.SanFrancisco+shopping@gmail.com",
        "cloudysanfrancisco@gmail.com",
        "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4"
    )]
    [InlineData(
        Email,
        "j.e.f..ferson.Loves.hiking@gmail.com",
        "jeffersonloveshiking@gmail.com",
        "515d2f967f73864e76937ab2b897210a86fd286016903b1b08c3da07c75f513e"
    )]
    [InlineData(
        Email,
        "jefferson.Loves.hiking@googlemail.com",
        "jeffersonloveshiking@googlemail.com",
        "2824967181c781aced84c32bf8bb51fc6401202eeff88263776f63c99df9314c"
    )]
    [InlineData(
        Email,
        "Jane.Doe+Shopping@googlemail.com",
        "janedoe@googlemail.com",
        "338abf9ef1c8793cadc7bcf51ed595338eb727ed9e06ce3d91d566d60b975937"
    )]
    [InlineData(Email, "a.b.c@gmail.com", "abc@gmail.com", "48ddb93f0b30c475423fe177832912c5bcdce3cc72872f8051627967ef278e08")]
    [InlineData(Email, "test+1@gmail.com", "test@gmail.com", "87924606b4131a8aceeeae8868531fbb9712aaa07a5d3a756b26ce0f5d6ca674")]
    [InlineData(Email, "test@abc.com", "test@abc.com", "d3142c8f9c9129484daf28df80cc5c955791efed5e69afabb603bc8cb9ffd419")]
    [InlineData(Phone, "1 800 555 0100", "+18005550100", "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30")]
    [InlineData(Phone, "+1 (800) 555-0101", "+18005550101", "61d6c2976b5d92b1ad63073a12fddd26040cd980067d03a93dd1cc50f1a3ac68")]
    [InlineData(Phone, "+44-113-496-0987", "+441134960987", "0fac52d27ec377f8ad2f9de75d1f9bace693237e31868ae6f4616b8bbd0e94fb")]
    [InlineData(Phone, "+44 20 7123 4567", "+442071234567", "9957211890c7199877363cf0513d44429683408bb094930d048f9182abf73232")]
    [InlineData(Phone, "+49 30 1234567", "+49301234567", "74bd805bcc47f8603082430ca056311389e38b74fcdfbc32bcb5c6a9269ff3bf")]
    [InlineData(FirstName, "  GivenName  ", "givenname", "128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814")]
    [InlineData(FirstName, " Mr. Alex   ", "alex", "4135aa9dc1b842a653dea846903ddb95bfb8c5a10c504a7fa16e10bc31d1fdf0")]
    [InlineData(FirstName, "JOHN", "john", "96d9632f363564cc3032521409cf22a852f2032eec099ed5967c0d000cec607a")]
    [InlineData(FirstName, "Jos\u00E9", "jos\u00E9", "d994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866")]
    [InlineData(LastName, "  FamilyName ", "familyname", "77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574")]
    [InlineData(LastName, " Quinn, Jr.   ", "quinn", "c512ca0c5c1e71be19f3356821e56732b5fb3ac894b0dbc5846d0b6920106fb3")]
    [InlineData(LastName, "Quinn-Alex", "quinn-alex", "91581930b788bf2fd4ea63d8783c8c3b4c7ac8575461e033d18ee7def6cd49a9")]
    [InlineData(LastName, "O'Brien", "o'brien", "65b87174be3b1b122e2b0929f0b84888637d31a4a83bb96a860bcff411f5e668")]
    [InlineData(LastName, "  DOE  ", "doe", "799ef92a11af918e3fb741df42934f3b568ed2d93ac1df74f1b8d41a27932a6f")]
    [InlineData(FirstName, "Jane", "jane", "81f8f6dde88365f3928796ec7aa53f72820b06db8664f5fe76a7eb13e24546a2")]
    public void Section_7_3_a_cell_has_the_digest_of_the_contract(PersonField field, string raw, string normalized, string digest)
    {
        var person = Someone.With(field, raw, field == Phone ? "US" : "");

        Google.Text(person, field).ShouldBe(normalized);
        Google.Sent(person, field).ShouldBe(digest);
    }

    [Theory]
    [InlineData(Country, " us ", "US")]
    [InlineData(PostalCode, " 94045  ", "94045")]
    [InlineData(PostalCode, "  1229-076  ", "1229-076")]
    [InlineData(PostalCode, "SW1A 1AA", "SW1A 1AA")]
    [InlineData(DeviceId, " EA7583CD-A667-48BC-B806-42ECB2B48606 ", "EA7583CD-A667-48BC-B806-42ECB2B48606")]
    // One tool also hashes the ids of the sender; this API takes them unchanged.
    [InlineData(ExternalId, " Cust-1 ", "Cust-1")]
    public void Section_7_3_a_plain_cell_is_not_hashed(PersonField field, string raw, string expected) =>
        Google.Sent(Someone.With(field, raw), field).ShouldBe(expected);

    [Theory]
    [InlineData("alexz@example.com", "UJ6TMBm7KFoTSpM0uLtnnf950M4CPVKa9L10TUe0/Yo=")]
    public void Section_7_3_the_digest_in_base64_is_the_same_bytes(string email, string base64) =>
        Convert.ToBase64String(Convert.FromHexString(Google.Sent(Someone.With(Email, email), Email))).ShouldBe(base64);

    [Theory]
    [InlineData(Phone, "1 800 555 0100", "+09zpuxf23B31WTN0iw1VLQ85JFoVQw7EsVHt4xRezA=")]
    [InlineData(FirstName, "GivenName", "EooHv+Lfh3xSB25g13dM9bqqBGxabEja8w/0Psyi+BQ=")]
    [InlineData(LastName, "FamilyName", "d3YsKH5hzgZb7lwVRkASxvvgiDmLgFdifVV3JJQw1XQ=")]
    public void Section_7_3_the_other_digests_in_base64_are_the_same_bytes(PersonField field, string raw, string base64) =>
        Convert.ToBase64String(Convert.FromHexString(Google.Sent(Someone.With(field, raw, "US"), field))).ShouldBe(base64);

    [Theory]
    [InlineData(Email, "Cloudy.SanFrancisco+shopping@gmail.com", "84164838eb463c572bc84f71272595c9d655971964a7c262f05a0d86fb3decfe")]
    [InlineData(Email, "jefferson.Loves.hiking@googlemail.com", "515d2f967f73864e76937ab2b897210a86fd286016903b1b08c3da07c75f513e")]
    [InlineData(Email, "test+1@gmail.com", "ede2e3d4c737f00aaab14de19e6ce9e20248a35ea030882b72d5d22de1f867d6")]
    [InlineData(FirstName, "Jane", "4f23798d92708359b734a18172c9c864f1d48044a754115a0d4b843bca3a5332")]
    [InlineData(LastName, "Doe", "fd53ef835b15485572a6e82cf470dcb41fd218ae5751ab7531c956a2a6bcd3c7")]
    [InlineData(Phone, "1 800 555 0100", "92cfdc5fbcd4a20fbe5d3857af6c1aba31762105bba7f21a17155e920653046c")]
    [InlineData(Email, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(Email, " ", "36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068")]
    [InlineData(
        Email,
        "87924606b4131a8aceeeae8868531fbb9712aaa07a5d3a756b26ce0f5d6ca674",
        "0537897365b7d9cf09b055f52b13065e4d58e228d4922bab03d49e1ee594ea3e"
    )]
    public void Section_7_4_a_wrong_answer_is_not_given(PersonField field, string raw, string wrong) =>
        Google.Sent(Someone.With(field, raw, "US"), field).ShouldNotBe(wrong);

    [Fact]
    public void Section_7_2_an_apostrophe_stays_because_the_executable_reference_keeps_it_though_a_proto_comment_excludes_punctuation() =>
        Google
            .Sent(Someone.With(LastName, "O'Brien"), LastName)
            .ShouldNotBe("b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba");

    [Theory]
    // One implementation strips the first dot only and matches every domain that begins with gmail.
    [InlineData("a.b.c@gmail.company.example", "a.b.c@gmail.company.example")]
    [InlineData("a.b.c@mail.gmail.com", "a.b.c@mail.gmail.com")]
    [InlineData("A.B+c+d@GMAIL.com", "ab@gmail.com")]
    public void Section_7_1_the_gmail_rule_applies_only_to_its_own_domains(string raw, string expected) =>
        Google.Text(Someone.With(Email, raw), Email).ShouldBe(expected);

    [Theory]
    // White space inside: one document removes it, the reference throws; refusing is safest.
    [InlineData(Email, "jane doe@example.com", CellReason.WhiteSpace)]
    [InlineData(Email, "a@b@example.com", CellReason.Malformed)]
    [InlineData(Email, "+news@gmail.com", CellReason.NothingLeft)]
    [InlineData(Email, "...@gmail.com", CellReason.NothingLeft)]
    // The contract does not infer a country; when the sender's default is not known either, a national number is not valid.
    [InlineData(Phone, "2071234567", CellReason.ImpossibleNumber)]
    [InlineData(Phone, "no digit", CellReason.Malformed)]
    [InlineData(FirstName, "Mr.", CellReason.NothingLeft)]
    [InlineData(Country, "USB", CellReason.NotListed)]
    [InlineData(Country, "ZZ", CellReason.NotListed)]
    [InlineData(PostalCode, "a\"b", CellReason.Malformed)]
    [InlineData(City, "Berlin", CellReason.NotTaken)]
    [InlineData(Gender, "m", CellReason.NotTaken)]
    public void Section_7_1_what_is_rejected_is_an_empty_cell_with_a_reason(PersonField field, string raw, CellReason reason) =>
        Google.Reason(Someone.With(field, raw), field).ShouldBe(reason);

    [Theory]
    [InlineData("94045", "94045")]
    [InlineData("94045-1234", "94045-1234")]
    [InlineData("9404", null)]
    [InlineData("94045-12", null)]
    public void Section_7_1_a_postal_code_of_the_USA_has_five_digits_or_nine(string raw, string? expected) =>
        Google.Text(Someone.With(PostalCode, raw, "US"), PostalCode).ShouldBe(expected);

    [Theory]
    [InlineData(FirstName, "Dr. Mr. Mary  Ann", "mary ann")]
    [InlineData(FirstName, "Drew", "drew")]
    [InlineData(LastName, "King, PhD, Jr.", "king")]
    [InlineData(LastName, "King III", "king")]
    [InlineData(LastName, "Levi", "levi")]
    [InlineData(LastName, "II", "ii")]
    public void Section_7_1_titles_and_suffixes_are_removed_and_names_that_look_like_them_stay(
        PersonField field,
        string raw,
        string expected
    ) => Google.Text(Someone.With(field, raw), field).ShouldBe(expected);

    [Theory]
    [InlineData("87924606b4131a8aceeeae8868531fbb9712aaa07a5d3a756b26ce0f5d6ca674", CellReason.None)]
    [InlineData("87924606B4131A8ACEEEAE8868531FBB9712AAA07A5D3A756B26CE0F5D6CA674", CellReason.None)]
    // The pattern of one implementation is not anchored and accepts longer texts.
    [InlineData("x87924606b4131a8aceeeae8868531fbb9712aaa07a5d3a756b26ce0f5d6ca674", CellReason.NotADigest)]
    [InlineData("test@gmail.com", CellReason.NotADigest)]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", CellReason.Nobody)]
    public void Section_7_5_a_declared_digest_is_checked_from_end_to_end(string raw, CellReason reason) =>
        Google.Reason(Someone.With(Email, raw, hashed: HashedFields.EmailSha256), Email).ShouldBe(reason);
}
