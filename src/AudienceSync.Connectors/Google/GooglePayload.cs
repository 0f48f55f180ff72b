using System.Text;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>
/// The bodies of member calls (contracts/google.md 6.2). Account and list ids are digits, so nothing in them needs escaping.
/// </summary>
internal static class GooglePayload
{
    private const string Consent = ""","consent":{"adUserData":"CONSENT_GRANTED","adPersonalization":"CONSENT_GRANTED"}""";
    private const string Terms = ""","termsOfService":{"customerMatchTermsOfServiceStatus":"ACCEPTED"}""";

    /// <summary>
    /// Google removes every person that any identifier matches, with all other identifiers of that person (4.7), and so late that it cannot
    /// be determined which of two removals was lost. So a member that changed is removed as a whole and added again; a member that only
    /// gained identifiers is added.
    /// </summary>
    public static IdentifierComparer Comparer { get; } =
        new([PersonField.Email, PersonField.Phone, .. Address], Address, RowMeaning.Person);

    private static PersonField[] Address => [PersonField.FirstName, PersonField.LastName, PersonField.Country, PersonField.PostalCode];

    private static readonly MemberLayout Layout = new("audienceMembers", NotIdentifiers: "destinationReferences");

    private static readonly int RowBytes =
        RowHead.Length
        + EmailHead.Length
        + PhoneHead.Length
        + GivenHead.Length
        + FamilyHead.Length
        + RegionHead.Length
        + PostalHead.Length
        + (6 * CellWriter.MaxBytes)
        + (2 * CellTail.Length)
        + AddressTail.Length
        + RowTail.Length;

    private static ReadOnlySpan<byte> RowHead => """{"destinationReferences":["d"],"userData":{"userIdentifiers":["""u8;

    private static ReadOnlySpan<byte> EmailHead => """{"emailAddress":" """u8[..^1];

    private static ReadOnlySpan<byte> PhoneHead => """{"phoneNumber":" """u8[..^1];

    private static ReadOnlySpan<byte> CellTail => "\"},"u8;

    private static ReadOnlySpan<byte> GivenHead => """{"address":{"givenName":" """u8[..^1];

    private static ReadOnlySpan<byte> FamilyHead => "\",\"familyName\":\""u8;

    private static ReadOnlySpan<byte> RegionHead => "\",\"regionCode\":\""u8;

    private static ReadOnlySpan<byte> PostalHead => "\",\"postalCode\":\""u8;

    private static ReadOnlySpan<byte> AddressTail => "\"}},"u8;

    private static ReadOnlySpan<byte> RowTail => "]}},"u8;

    public static MemberBody Write(
        GoogleSettings settings,
        MemberCall call,
        Normalizers normalizers,
        bool validateOnly,
        IReadOnlySet<int>? without
    ) =>
        MemberBody.Write(
            call.Members,
            Frame(settings, call, validateOnly),
            version => normalizers.Find(NormalizerFamily.Google, version),
            WriteRow,
            without
        );

    /// <summary>The body that removes every member last added before <paramref name="asOf"/>.</summary>
    public static HttpContent RemoveAll(GoogleSettings settings, RemoteAudienceId list, DateTimeOffset asOf, bool validateOnly)
    {
        var time = asOf.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return Json($$"""{"destinations":[{{Destination(settings, list)}}],"removeAsOfTime":"{{time}}"{{Validate(validateOnly)}}}""");
    }

    public static HttpContent Json(string text) => new StringContent(text, Encoding.UTF8, "application/json");

    private static MemberFrame Frame(GoogleSettings settings, MemberCall call, bool validateOnly)
    {
        // A removal has neither consent nor terms (6.2).
        var tail =
            call.Operation == MemberOperation.Add
                ? $"]{(settings.ConsentGranted ? Consent : "")},\"encoding\":\"HEX\"{Terms}{Validate(validateOnly)}}}"
                : $"],\"encoding\":\"HEX\"{Validate(validateOnly)}}}";
        var head = $$"""{"destinations":[{{Destination(settings, call.Audience)}}],"audienceMembers":[""";
        return new MemberFrame(Encoding.ASCII.GetBytes(head), Encoding.ASCII.GetBytes(tail), RowBytes, Layout);
    }

    private static string Destination(GoogleSettings settings, RemoteAudienceId list)
    {
        var login = settings.LoginAccount is { } manager ? $"\"loginAccount\":{Account(manager)}," : "";
        return $$"""{"reference":"d",{{login}}"operatingAccount":{{Account(settings.Account)}},"productDestinationId":"{{list}}"}""";
    }

    private static string Account(string id) => $$"""{"accountType":"GOOGLE_ADS","accountId":"{{id}}"}""";

    private static string Validate(bool validateOnly) => validateOnly ? ",\"validateOnly\":true" : "";

    private static int WriteRow(Span<byte> into, in Member member, Normalizer normalizer, CellWriter cells)
    {
        var row = new Utf8Cursor(into);
        row.Add(RowHead);
        var start = row.Length;
        AddCell(ref row, EmailHead, CellTail, cells, normalizer, member, PersonField.Email);
        AddCell(ref row, PhoneHead, CellTail, cells, normalizer, member, PersonField.Phone);
        AddAddress(ref row, cells, normalizer, member);
        if (row.Length == start)
        {
            return 0;
        }

        row.Drop(1);
        row.Add(RowTail);
        return row.Length;
    }

    /// <summary>All four parts or none: a partial address causes the whole request to be refused (7.1).</summary>
    private static void AddAddress(ref Utf8Cursor row, CellWriter cells, Normalizer normalizer, in Member member)
    {
        var start = row.Length;
        if (
            !AddCell(ref row, GivenHead, default, cells, normalizer, member, PersonField.FirstName)
            || !AddCell(ref row, FamilyHead, default, cells, normalizer, member, PersonField.LastName)
            || !AddCell(ref row, RegionHead, default, cells, normalizer, member, PersonField.Country)
            || !AddCell(ref row, PostalHead, AddressTail, cells, normalizer, member, PersonField.PostalCode)
        )
        {
            row.Drop(row.Length - start);
        }
    }

    private static bool AddCell(
        ref Utf8Cursor row,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> tail,
        CellWriter cells,
        Normalizer normalizer,
        in Member member,
        PersonField field
    )
    {
        var cell = cells.Write(normalizer, member.Identifiers, field, row.Rest[head.Length..]);
        if (cell.IsEmpty)
        {
            return false;
        }

        row.Add(head);
        row.Wrote(cell.Length);
        row.Add(tail);
        return true;
    }
}
