using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>
/// The body of a mapping call (contracts/tiktok.md 5.2). The ids of a person are in the order of the schema, and a missing id is <c>{}</c>
/// in its place: a row with one cell fewer would store the phone number as an email address.
/// </summary>
internal static class TikTokPayload
{
    /// <summary>Every id is mapped independently (5.2), so a changed id is removed alone and the other one stays.</summary>
    public static IdentifierComparer Comparer { get; } = new([PersonField.Email, PersonField.Phone], [], RowMeaning.Cells);

    private static readonly MemberLayout Layout = new("batch_data", "id_schema", "audience_ids");

    private static ReadOnlySpan<byte> CellHead => """{"id":" """u8[..^1];

    public static MemberBody Write(TikTokSettings settings, MemberCall call, Normalizers normalizers)
    {
        var cellTail = Encoding.ASCII.GetBytes($"\",\"audience_ids\":[\"{call.Audience}\"]}}");
        var rowBytes = (2 * (CellHead.Length + Sha256Hex.Length + cellTail.Length)) + "[,],".Length;
        return MemberBody.Write(
            call.Members,
            new MemberFrame(Head(settings, call.Operation), "]}"u8.ToArray(), rowBytes, Layout),
            version => normalizers.Find(NormalizerFamily.TikTok, version),
            WriteRow
        );

        int WriteRow(Span<byte> into, in Member member, Normalizer normalizer, CellWriter cells)
        {
            var row = new Utf8Cursor(into);
            row.Add("["u8);
            var hasEmail = WriteCell(
                ref row,
                cells.Write(normalizer, member.Identifiers, PersonField.Email, row.Rest[CellHead.Length..]),
                cellTail
            );
            row.Add(","u8);
            var hasPhone = WriteCell(
                ref row,
                cells.Write(normalizer, member.Identifiers, PersonField.Phone, row.Rest[CellHead.Length..]),
                cellTail
            );
            row.Add("],"u8);
            return hasEmail || hasPhone ? row.Length : 0;
        }
    }

    public static HttpContent Create(TikTokSettings settings, string name) =>
        Json(
            new
            {
                advertiser_id = settings.Advertiser,
                action = "create",
                custom_audience_name = name,
            }
        );

    public static HttpContent Delete(TikTokSettings settings, RemoteAudienceId audience) =>
        Json(
            new
            {
                advertiser_id = settings.Advertiser,
                action = "delete",
                delete_audience_id = audience.Value,
            }
        );

    private static bool WriteCell(ref Utf8Cursor row, Cell cell, ReadOnlySpan<byte> tail)
    {
        if (cell.IsEmpty)
        {
            row.Add("{}"u8);
            return false;
        }

        row.Add(CellHead);
        row.Wrote(cell.Length);
        row.Add(tail);
        return true;
    }

    private static byte[] Head(TikTokSettings settings, MemberOperation operation)
    {
        var action = operation switch
        {
            MemberOperation.Add => "add",
            MemberOperation.Remove => "delete",
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Unknown operation."),
        };
        return Encoding.ASCII.GetBytes(
            $$"""{"advertiser_ids":["{{settings.Advertiser}}"],"action":"{{action}}","""
                + """
                "id_schema":["EMAIL_SHA256","PHONE_SHA256"],"batch_data":[
                """
        );
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
}
