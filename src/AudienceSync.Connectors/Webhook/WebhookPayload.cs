using System.Text;
using System.Text.Encodings.Web;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>The bodies (docs/webhook.md): one object per person, with the ids of the person.</summary>
internal static class WebhookPayload
{
    /// <summary>
    /// Google's table has exactly our three ids (SHA-256 of email and of E.164, external id unchanged), is verified by test vectors, and
    /// maps the spellings of a mailbox to one. A separate table would be a fourth way to hash the same address.
    /// </summary>
    public const NormalizerFamily Rules = NormalizerFamily.Google;

    /// <summary>An external id of 200 characters, each of them escaped. A longer one is not sent.</summary>
    private const int ExternalBytes = 200 * 6;

    private static readonly MemberLayout Layout = new("members");

    private static ReadOnlySpan<byte> EmailHead => ""","email":" """u8[..^1];

    private static ReadOnlySpan<byte> PhoneHead => ""","phone":" """u8[..^1];

    private static ReadOnlySpan<byte> ExternalHead => ",\"external_id\":\""u8;

    private static int RowBytes =>
        EmailHead.Length + PhoneHead.Length + (2 * Sha256Hex.Length) + ExternalHead.Length + ExternalBytes + "{\"\"\"},".Length;

    public static MemberBody Write(WebhookSettings settings, MemberCall call, Normalizers normalizers)
    {
        return MemberBody.Write(
            call.Members,
            Frame(settings, call.Audience, NameOf(call.Operation)),
            version => normalizers.Find(Rules, version),
            WriteRow
        );
    }

    /// <summary>The name of an operation.</summary>
    public static string NameOf(MemberOperation operation) =>
        operation switch
        {
            MemberOperation.Add => "add",
            MemberOperation.Remove => "remove",
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Unknown operation."),
        };

    /// <summary>A check that changes nothing: whether we may call, and whether a list exists.</summary>
    public static MemberBody Check(WebhookSettings settings, RemoteAudienceId? audience) =>
        MemberBody.Write([], Frame(settings, audience, "check"), static _ => null, WriteRow);

    // Names have a form that needs no escaping.
    private static MemberFrame Frame(WebhookSettings settings, RemoteAudienceId? audience, string operation)
    {
        var list = audience is { } named ? $"\"audience\":\"{named}\"," : "";
        var head = $$"""{"version":1,"account":"{{settings.Account}}",{{list}}"operation":"{{operation}}","members":[""";
        return new MemberFrame(Encoding.ASCII.GetBytes(head), "]}"u8.ToArray(), RowBytes, Layout);
    }

    private static int WriteRow(Span<byte> into, in Member member, Normalizer normalizer, CellWriter cells)
    {
        var row = new Utf8Cursor(into);
        AddHashed(ref row, EmailHead, cells.Write(normalizer, member.Identifiers, PersonField.Email, row.Rest[EmailHead.Length..]));
        AddHashed(ref row, PhoneHead, cells.Write(normalizer, member.Identifiers, PersonField.Phone, row.Rest[PhoneHead.Length..]));
        AddExternal(ref row, member, normalizer);
        if (row.Length == 0)
        {
            return 0;
        }

        // The brace overwrites the first comma.
        into[0] = (byte)'{';
        row.Add("},"u8);
        return row.Length;
    }

    private static void AddHashed(ref Utf8Cursor row, ReadOnlySpan<byte> head, Cell cell)
    {
        if (!cell.IsEmpty)
        {
            row.Add(head);
            row.Wrote(cell.Length);
            row.Add("\""u8);
        }
    }

    private static void AddExternal(ref Utf8Cursor row, in Member member, Normalizer normalizer)
    {
        if (normalizer.Text(member.Identifiers, PersonField.ExternalId) is not { } id)
        {
            return;
        }

        var text = JavaScriptEncoder.Default.Encode(id);
        if (text.Length <= ExternalBytes)
        {
            row.Add(ExternalHead);
            row.Wrote(Encoding.UTF8.GetBytes(text, row.Rest));
            row.Add("\""u8);
        }
    }
}
