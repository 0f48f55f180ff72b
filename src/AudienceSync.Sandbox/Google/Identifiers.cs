using System.Text;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Google;

/// <summary>
/// Reads the identifiers of one member into (column, digest). An address is one unit and is stored as the SHA-256 of
/// <c>given|family|REGION|postal</c>, the names in lowercase hex; unhashed ids are stored as the SHA-256 of their value.
/// </summary>
internal sealed class Identifiers(string? encoding, Findings findings)
{
    private const int MaxIdentifiers = 10;
    private const int MaxPostalCodeLength = 20;
    private const byte EmailColumn = 0;
    private const byte PhoneColumn = 1;
    private const byte AddressColumn = 2;
    private const byte MobileColumn = 3;
    private const byte UserColumn = 4;

    public List<(byte Column, Digest Digest)> Found { get; } = [];

    public void ReadUserData(ProtoMessage data)
    {
        Found.Clear();
        foreach (var (item, path) in Bounded(data, "userIdentifiers"))
        {
            var identifier = ProtoMessage.Read(item, path, findings, "emailAddress", "phoneNumber", "address");
            var (email, phone, address) = (identifier.Has("emailAddress"), identifier.Has("phoneNumber"), identifier.Has("address"));
            if ((email ? 1 : 0) + (phone ? 1 : 0) + (address ? 1 : 0) != 1)
            {
                findings.Add(path, "NO_IDENTIFIERS_PROVIDED", "Exactly one of email_address, phone_number and address.");
            }
            else if (address)
            {
                ReadAddress(
                    identifier.Message(
                        "address",
                        "givenName",
                        "familyName",
                        "regionCode",
                        "postalCode",
                        "addressLine",
                        "city",
                        "administrativeArea"
                    )!
                );
            }
            else if (Hashed(identifier, email ? "emailAddress" : "phoneNumber") is { } digest)
            {
                Found.Add((email ? EmailColumn : PhoneColumn, digest));
            }
        }
    }

    public void ReadMobileData(ProtoMessage data)
    {
        Found.Clear();
        foreach (var (item, path) in Bounded(data, "mobileIds"))
        {
            if (item.ValueKind == System.Text.Json.JsonValueKind.String && Guid.TryParseExact(item.GetString(), "D", out _))
            {
                Found.Add((MobileColumn, Digest.Of(Encoding.UTF8.GetBytes(item.GetString()!))));
            }
            else
            {
                findings.Add(path, "INVALID_MOBILE_ID_FORMAT", "Not a mobile advertising id.");
            }
        }
    }

    public void ReadUserId(ProtoMessage data)
    {
        Found.Clear();
        if (data.Text("userId") is { } id)
        {
            Found.Add((UserColumn, Digest.Of(Encoding.UTF8.GetBytes(id))));
        }
        else
        {
            findings.Missing(data.At("userId"));
        }
    }

    private IReadOnlyList<(System.Text.Json.JsonElement Item, string Path)> Bounded(ProtoMessage data, string name)
    {
        var items = data.Items(name);
        if (items.Count == 0)
        {
            findings.Add(data.At(name), "NO_IDENTIFIERS_PROVIDED", "A member needs an identifier.");
        }
        else if (items.Count > MaxIdentifiers)
        {
            findings.Add(data.At(name), "TOO_MANY_USER_IDENTIFIERS", $"At most {MaxIdentifiers} identifiers a member.");
            return [];
        }

        return items;
    }

    private void ReadAddress(ProtoMessage address)
    {
        foreach (var unused in (string[])["addressLine", "city", "administrativeArea"])
        {
            if (address.Has(unused))
            {
                findings.Warn(address.At(unused), "WARNING_REASON_FIELD_IGNORED", "The field is not used for this destination.");
            }
        }

        var (given, family) = (Hashed(address, "givenName"), Hashed(address, "familyName"));
        var region = Plain(address, "regionCode", "INVALID_REGION_CODE", text => text.Length == 2 && text.All(char.IsAsciiLetterUpper));
        var postal = Plain(address, "postalCode", "INVALID_POSTAL_CODE", text => text.Length <= MaxPostalCodeLength && text.Trim() == text);
        if (given is { } first && family is { } last && region is not null && postal is not null)
        {
            Found.Add((AddressColumn, Digest.Of(Encoding.UTF8.GetBytes($"{first.ToHex()}|{last.ToHex()}|{region}|{postal}"))));
        }
    }

    private string? Plain(ProtoMessage address, string name, string reason, Func<string, bool> fits)
    {
        if (address.Text(name) is not { } text)
        {
            findings.Missing(address.At(name));
            return null;
        }

        return fits(text) ? text : findings.Add<string>(address.At(name), reason, "Not in the form of this field.");
    }

    private Digest? Hashed(ProtoMessage owner, string name)
    {
        if (owner.Text(name) is not { } text)
        {
            findings.Missing(owner.At(name));
            return null;
        }

        if (encoding is null)
        {
            // A missing encoding is reported once, for the request.
            return null;
        }

        var bytes = new byte[(text.Length * 3 / 4) + 3];
        var (decoded, length) = encoding == "HEX" ? Hex(text, bytes) : (Convert.TryFromBase64String(text, bytes, out var written), written);
        if (decoded && length == Digest.Bytes)
        {
            return Digest.From(bytes.AsSpan(0, Digest.Bytes));
        }

        findings.Add(
            owner.At(name),
            decoded ? "INVALID_SHA256_FORMAT"
                : encoding == "HEX" ? "INVALID_HEX_ENCODING"
                : "INVALID_BASE64_ENCODING",
            "Not a SHA-256 in the encoding of the request."
        );
        return null;
    }

    // Uppercase and lowercase hex are accepted (contract google 7).
    private static (bool Decoded, int Length) Hex(string text, byte[] bytes) =>
        (Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done, written);
}
