using System.Text.Json;

namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>
/// The person and time of a report, as an item of the form in which webhooks name them, so that both are read by the same code: see
/// contracts/customerio.md 2.5.
/// <para>
/// <b>Which fields.</b> <c>identifiers.id</c> and <c>identifiers.email</c>; the older <c>customer_id</c> only when there is no object
/// <c>identifiers</c>, because for a person without an id it may be Customer.io's own; <c>email_address</c> when <c>identifiers</c> has no
/// email. Never <c>recipient</c>: a message may go to an address that is not the person's. <c>cio_id</c> is not an identifier here: no
/// other sender ever names a person by it, and a report that has it has no phone, so it could never lead to a person that is known.
/// </para>
/// </summary>
internal static class ReportPerson
{
    /// <summary>The item; its fields are absent where the report has no usable value.</summary>
    /// <exception cref="InvalidOperationException">A text of the report is not valid text.</exception>
    public static JsonElement Of(JsonElement report)
    {
        var data = ObjectAt(report, "data"u8);
        var identifiers = ObjectAt(data, "identifiers"u8);
        var id = identifiers is null ? ValueAt(data, "customer_id"u8) : ValueAt(identifiers, "id"u8);
        return JsonSerializer.SerializeToElement(
            new
            {
                customer_id = id,
                email = ValueAt(identifiers, "email"u8) ?? ValueAt(data, "email_address"u8),
                occurred_at = ValueAt(report, "timestamp"u8),
            }
        );
    }

    private static JsonElement? ObjectAt(JsonElement? fields, ReadOnlySpan<byte> name) =>
        fields is { } given && given.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static JsonElement? ValueAt(JsonElement? fields, ReadOnlySpan<byte> name) =>
        fields is { } given && given.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value
            : null;
}
