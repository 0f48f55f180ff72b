using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AudienceSync.Sandbox.CustomerIo;

internal enum IdentifierKind
{
    Id,
    Email,
    Phone,
    CioId,
}

/// <summary>One name of a person. Addresses are compared without regard to case, everything else exactly.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Identifier(IdentifierKind Kind, string Value)
{
    private const int MaxBytes = 150;
    private const int MaxPhoneDigits = 15;

    private const string CioPrefix = "cio_";

    /// <summary>The identifier in a path of version 1: an id, an address, or <c>cio_</c> and the cio_id (contract 4.1).</summary>
    public static Identifier OfPath(string text) =>
        text.StartsWith(CioPrefix, StringComparison.Ordinal) ? Of(IdentifierKind.CioId, text[CioPrefix.Length..])
        : text.Contains('@', StringComparison.Ordinal) ? Of(IdentifierKind.Email, text)
        : Of(IdentifierKind.Id, text);

    public static Identifier Of(IdentifierKind kind, string value) =>
        new(kind, kind == IdentifierKind.Email ? value.ToLowerInvariant() : value);

    public static bool TryKind(string name, out IdentifierKind kind)
    {
        (var known, kind) = name switch
        {
            "id" => (true, IdentifierKind.Id),
            "email" => (true, IdentifierKind.Email),
            "phone" => (true, IdentifierKind.Phone),
            "cio_id" => (true, IdentifierKind.CioId),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>The identifiers of an item of version 2: exactly one of the four (contract 6.1.5).</summary>
    public static ItemError? Read(JsonElement item, bool phoneEnabled, out Identifier identifier)
    {
        identifier = default;
        if (!item.TryGetProperty("identifiers"u8, out var named) || named.ValueKind != JsonValueKind.Object)
        {
            return ItemError.Required("identifiers");
        }

        if (named.GetPropertyCount() != 1)
        {
            return ItemError.Invalid("identifiers", "exactly one identifier is needed");
        }

        var field = named.EnumerateObject().First();
        if (!TryKind(field.Name, out var kind) || (kind == IdentifierKind.Phone && !phoneEnabled))
        {
            return ItemError.Invalid("identifiers", "the workspace does not identify people by this");
        }

        if (field.Value.ValueKind != JsonValueKind.String || field.Value.GetString() is not { Length: > 0 } value)
        {
            return ItemError.Invalid($"identifiers.{field.Name}", "a text is needed");
        }

        identifier = Of(kind, value);
        return identifier.Check($"identifiers.{field.Name}");
    }

    public ItemError? Check(string field) =>
        this switch
        {
            _ when Encoding.UTF8.GetByteCount(Value) > MaxBytes => ItemError.Invalid(field, "too long"),
            { Kind: IdentifierKind.Email } when Value.IndexOf('@', StringComparison.Ordinal) is <= 0 => ItemError.Invalid(
                field,
                "not an address"
            ),
            { Kind: IdentifierKind.Phone } when !IsE164(Value) => ItemError.Invalid(field, "not a number in E.164"),
            _ => null,
        };

    private static bool IsE164(string text) =>
        text.Length is > 2 and <= MaxPhoneDigits + 1 && text[0] == '+' && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9');
}
