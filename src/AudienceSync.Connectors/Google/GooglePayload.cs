using System.Text;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalising;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>The bodies of member calls (contracts/google.md 6.2). Account and list ids are digits, so nothing in them needs escaping.</summary>
internal static class GooglePayload
{
    private const string Consent = ""","consent":{"adUserData":"CONSENT_GRANTED","adPersonalization":"CONSENT_GRANTED"}""";
    private const string Terms = ""","termsOfService":{"customerMatchTermsOfServiceStatus":"ACCEPTED"}""";

    private static readonly int RowBytes =
        RowHead.Length + EmailHead.Length + PhoneHead.Length + (2 * (Sha256Hex.Length + CellTail.Length)) + RowTail.Length + 2;

    private static ReadOnlySpan<byte> RowHead => """{"destinationReferences":["d"],"userData":{"userIdentifiers":["""u8;

    private static ReadOnlySpan<byte> EmailHead => """{"emailAddress":" """u8[..^1];

    private static ReadOnlySpan<byte> PhoneHead => """{"phoneNumber":" """u8[..^1];

    private static ReadOnlySpan<byte> CellTail => "\"},"u8;

    private static ReadOnlySpan<byte> RowTail => "]}},"u8;

    public static MemberBody Write(GoogleSettings settings, MemberCall call, bool validateOnly, IReadOnlySet<int>? without)
    {
        using var digests = new GoogleDigests();
        return MemberBody.Write(call.Members, Frame(settings, call, validateOnly), RowBytes, digests, WriteRow, without);
    }

    /// <summary>The body that removes everybody last added before <paramref name="asOf"/>.</summary>
    public static HttpContent RemoveAll(GoogleSettings settings, RemoteAudienceId list, DateTimeOffset asOf, bool validateOnly)
    {
        var time = asOf.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return Json($$"""{"destinations":[{{Destination(settings, list)}}],"removeAsOfTime":"{{time}}"{{Validate(validateOnly)}}}""");
    }

    public static HttpContent Json(string text) => new StringContent(text, Encoding.UTF8, "application/json");

    private static (byte[] Head, byte[] Tail) Frame(GoogleSettings settings, MemberCall call, bool validateOnly)
    {
        // A removal has neither consent nor terms (6.2).
        var tail = call.Operation == MemberOperation.Add
            ? $"]{(settings.ConsentGranted ? Consent : "")},\"encoding\":\"HEX\"{Terms}{Validate(validateOnly)}}}"
            : $"],\"encoding\":\"HEX\"{Validate(validateOnly)}}}";
        var head = $$"""{"destinations":[{{Destination(settings, call.Audience)}}],"audienceMembers":[""";
        return (Encoding.ASCII.GetBytes(head), Encoding.ASCII.GetBytes(tail));
    }

    private static string Destination(GoogleSettings settings, RemoteAudienceId list)
    {
        var login = settings.LoginAccount is { } manager ? $"\"loginAccount\":{Account(manager)}," : "";
        return $$"""{"reference":"d",{{login}}"operatingAccount":{{Account(settings.Account)}},"productDestinationId":"{{list}}"}""";
    }

    private static string Account(string id) => $$"""{"accountType":"GOOGLE_ADS","accountId":"{{id}}"}""";

    private static string Validate(bool validateOnly) => validateOnly ? ",\"validateOnly\":true" : "";

    private static int WriteRow(Span<byte> into, in Member member, IPersonDigests digests)
    {
        var row = new Utf8Cursor(into);
        row.Add(RowHead);
        var cells = 0;
        if (digests.TryWriteEmail(member.Identifiers, member.Normaliser, row.Rest[EmailHead.Length..]))
        {
            cells += Frame(ref row, EmailHead);
        }

        if (digests.TryWritePhone(member.Identifiers, member.Normaliser, row.Rest[PhoneHead.Length..]))
        {
            cells += Frame(ref row, PhoneHead);
        }

        if (cells == 0)
        {
            return 0;
        }

        row.Drop();
        row.Add(RowTail);
        return row.Length;
    }

    private static int Frame(ref Utf8Cursor row, ReadOnlySpan<byte> head)
    {
        row.Add(head);
        row.Wrote(Sha256Hex.Length);
        row.Add(CellTail);
        return 1;
    }
}
