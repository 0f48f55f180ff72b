using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors.Webhook.Templates;

/// <summary>Writes the calls of templates: the values of account, list and operation, and of each member.</summary>
internal sealed class TemplatedCall(WebhookSettings settings, CallTemplate template, string operation, RemoteAudienceId? audience)
{
    private const int ExternalIdChars = 200;
    private const int MaxEscapedChar = 6;

    /// <summary>The method.</summary>
    public string Method => template.Method;

    /// <summary>Null when the name of the list would change the structure of the address.</summary>
    public Uri? Address => template.Address(settings.Url, ValueOf);

    /// <summary>The body with the members; one without members has none.</summary>
    public MemberBody Write(IReadOnlyList<Member> members, Normalizers normalizers)
    {
        var (head, tail) = template.IsSingle ? ([], []) : Around(members.Count);
        var row = template.Row!;
        var layout = new MemberLayout(template.Body?.MembersProperty ?? "", Schema: null, [.. row.Constants])
        {
            IsWhole = template.IsSingle,
        };
        return MemberBody.Write(
            members,
            new MemberFrame(head, tail, RowBytes(row), layout),
            version => normalizers.Find(WebhookPayload.Rules, version),
            WriteRow
        );
    }

    /// <summary>The body of a call about no member; empty for none.</summary>
    public MemberBody WriteCheck()
    {
        var body = template.Body is null ? [] : Bytes(template.Body, ValueOf).Written;
        return MemberBody.Write([], new MemberFrame(body, [], 0, new MemberLayout("")), static _ => null, WriteRow);
    }

    private (byte[] Head, byte[] Tail) Around(int members)
    {
        var (written, at) = Bytes(
            template.Body!,
            name => name == JsonTemplate.MemberCount ? members.ToString(CultureInfo.InvariantCulture) : ValueOf(name)
        );
        return (written[..(int)at], written[(int)at..]);
    }

    private int WriteRow(Span<byte> into, in Member member, Normalizer normalizer, CellWriter cells)
    {
        var row = template.Row!;
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["person.email_sha256"] = Hashed(member.Identifiers, normalizer, PersonField.Email, cells),
            ["person.phone_sha256"] = Hashed(member.Identifiers, normalizer, PersonField.Phone, cells),
            ["person.customer_id"] = normalizer.Text(member.Identifiers, PersonField.ExternalId) is { Length: <= ExternalIdChars } id
                ? id
                : null,
        };
        if (!row.Placeholders.Exists(name => values.GetValueOrDefault(name) is not null))
        {
            return 0;
        }

        var written = Bytes(row, name => values.TryGetValue(name, out var value) ? value : ValueOf(name)).Written;
        written.CopyTo(into);
        into[written.Length] = (byte)',';
        return written.Length + 1;
    }

    private static string? Hashed(PersonIdentifiers person, Normalizer normalizer, PersonField field, CellWriter cells)
    {
        Span<byte> hex = stackalloc byte[CellWriter.MaxBytes];
        var cell = cells.Write(normalizer, person, field, hex);
        return cell.IsEmpty ? null : Encoding.ASCII.GetString(hex[..cell.Length]);
    }

    // Every character of the template and of a value may be escaped.
    private int RowBytes(JsonTemplate row) =>
        (
            (row.Bytes + (settings.Account.Length + operation.Length + (audience?.Value.Length ?? 0)) * row.Placeholders.Count)
            * MaxEscapedChar
        )
        + (row.Placeholders.Count * ExternalIdChars * MaxEscapedChar)
        + 1;

    private string? ValueOf(string name) =>
        name switch
        {
            "account" => settings.Account,
            "audience" => audience?.Value,
            "operation" => operation,
            _ => null,
        };

    private static (byte[] Written, long MembersAt) Bytes(JsonTemplate json, Func<string, string?> valueOf)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default });
        var at = json.Write(writer, valueOf);
        writer.Flush();
        return (buffer.WrittenSpan.ToArray(), at);
    }
}
