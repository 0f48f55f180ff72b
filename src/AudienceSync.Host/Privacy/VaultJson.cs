using System.Text.Json;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// The text inside a sealed revision: the claims of an anchor, each with its time, and the identifiers by which the person is reached.
/// </summary>
internal static class VaultJson
{
    public static void Write(Utf8JsonWriter json, IdentifierRevision revision)
    {
        var own = revision.Own;
        json.WriteStartObject();
        WriteText(json, "customer_id"u8, own.CustomerId);
        json.WriteStartArray("said"u8);
        foreach (var claim in own.Addresses)
        {
            WriteClaim(json, claim);
        }

        json.WriteEndArray();
        if (own.DetailsDigest is { } digest)
        {
            json.WriteString("details_digest"u8, digest.Value);
            json.WriteString("details_at"u8, own.DetailsAt.UtcDateTime);
            WriteDetails(json, own.Details);
        }

        json.WriteStartObject("reached_by"u8);
        WriteText(json, "customer_id"u8, revision.Identifiers.CustomerId);
        WriteText(json, "email"u8, revision.Identifiers.Email);
        WriteText(json, "phone"u8, revision.Identifiers.Phone);
        json.WriteString("country"u8, revision.Identifiers.Country);
        json.WriteNumber("hashed"u8, (int)revision.Identifiers.Hashed);
        if (revision.Identifiers.Parser > 0)
        {
            json.WriteNumber("parser"u8, revision.Identifiers.Parser);
            WriteCanonical(json, "canonical_email"u8, revision.Identifiers.CanonicalEmail, revision.Identifiers.Email);
            WriteCanonical(json, "canonical_phone"u8, revision.Identifiers.CanonicalPhone, revision.Identifiers.Phone);
        }

        WriteDetails(json, revision.Identifiers.Details);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static IdentifierRevision Read(byte[] plain)
    {
        using var document = JsonDocument.Parse(plain);
        var root = document.RootElement;
        var digest = root.TryGetProperty("details_digest", out var held) ? new AliasDigest(held.GetGuid()) : (AliasDigest?)null;
        var own = new IdentifierClaims(
            Text(root, "customer_id"),
            root.GetProperty("said").EnumerateArray().Select(IdentifierClaim),
            Details(root),
            digest,
            digest is null ? default : root.GetProperty("details_at").GetDateTimeOffset()
        );
        var reached = root.GetProperty("reached_by");
        var (email, phone) = (Text(reached, "email"), Text(reached, "phone"));
        var identifiers = new PersonIdentifiers(Text(reached, "customer_id"), email, phone, Text(reached, "country") ?? "")
        {
            Details = Details(reached),
            Hashed = (HashedFields)reached.GetProperty("hashed").GetInt32(),
            Parser = Parser(reached),
            CanonicalEmail = Canonical(reached, "canonical_email", email),
            CanonicalPhone = Canonical(reached, "canonical_phone", phone),
        };
        return new IdentifierRevision(own, Opened(identifiers));
    }

    /// <summary>Reads only the identifiers by which the person is reached. The rest is skipped without being materialized.</summary>
    public static PersonIdentifiers ReadIdentifiers(ReadOnlySpan<byte> plain)
    {
        var json = new Utf8JsonReader(plain);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("reached_by"u8))
            {
                json.Read();
                return Reached(ref json);
            }

            json.Skip();
        }

        throw new JsonException("A revision does not contain the identifiers by which its person is reached.");
    }

    private static PersonIdentifiers Reached(ref Utf8JsonReader json)
    {
        (string? customerId, string? email, string? phone, string? country) = (null, null, null, null);
        PersonDetails? details = null;
        (string? Text, bool Given) canonicalEmail = default,
            canonicalPhone = default;
        var hashed = HashedFields.None;
        short parser = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref json);
            json.Read();
            switch (field)
            {
                case ReachedField.CustomerId:
                    customerId = json.GetString();
                    break;
                case ReachedField.Email:
                    email = json.GetString();
                    break;
                case ReachedField.Phone:
                    phone = json.GetString();
                    break;
                case ReachedField.Country:
                    country = json.GetString();
                    break;
                case ReachedField.Hashed:
                    hashed = (HashedFields)json.GetInt32();
                    break;
                case ReachedField.Parser:
                    parser = json.GetInt16();
                    break;
                case ReachedField.CanonicalEmail:
                    canonicalEmail = (json.GetString(), true);
                    break;
                case ReachedField.CanonicalPhone:
                    canonicalPhone = (json.GetString(), true);
                    break;
                case ReachedField.Details:
                    details = JsonSerializer.Deserialize<PersonDetails>(ref json);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return Opened(
            new PersonIdentifiers(customerId, email, phone, country ?? "")
            {
                Details = details,
                Hashed = hashed,
                Parser = parser,
                CanonicalEmail = canonicalEmail.Given ? canonicalEmail.Text : email,
                CanonicalPhone = canonicalPhone.Given ? canonicalPhone.Text : phone,
            }
        );
    }

    // Rows from before the reader had versions hold the texts only. What was delivered under them is removed by the form in which they were
    // read then.
    private static PersonIdentifiers Opened(PersonIdentifiers held) =>
        held.Parser == 0 && (held.Email ?? held.Phone) is not null ? OlderParser.Read(held) : held;

    private static ReachedField FieldOf(ref Utf8JsonReader json) =>
        json.ValueTextEquals("customer_id"u8) ? ReachedField.CustomerId
        : json.ValueTextEquals("email"u8) ? ReachedField.Email
        : json.ValueTextEquals("phone"u8) ? ReachedField.Phone
        : json.ValueTextEquals("country"u8) ? ReachedField.Country
        : json.ValueTextEquals("hashed"u8) ? ReachedField.Hashed
        : json.ValueTextEquals("details"u8) ? ReachedField.Details
        : json.ValueTextEquals("parser"u8) ? ReachedField.Parser
        : json.ValueTextEquals("canonical_email"u8) ? ReachedField.CanonicalEmail
        : json.ValueTextEquals("canonical_phone"u8) ? ReachedField.CanonicalPhone
        : ReachedField.Other;

    private enum ReachedField
    {
        Other,
        CustomerId,
        Email,
        Phone,
        Country,
        Hashed,
        Details,
        Parser,
        CanonicalEmail,
        CanonicalPhone,
    }

    private static void WriteClaim(Utf8JsonWriter json, IdentifierClaim claim)
    {
        json.WriteStartObject();
        json.WriteNumber("kind"u8, (int)claim.Address.Kind);
        json.WriteString("digest"u8, claim.Address.Digest.Value);
        json.WriteString("text"u8, claim.Text);
        json.WriteString("country"u8, claim.Country);
        json.WriteNumber("hashed"u8, (int)claim.Hashed);
        json.WriteString("at"u8, claim.At.UtcDateTime);
        if (claim.Parser > 0)
        {
            json.WriteNumber("parser"u8, claim.Parser);
            WriteCanonical(json, "canonical"u8, claim.Canonical, claim.Text);
        }

        json.WriteEndObject();
    }

    private static IdentifierClaim IdentifierClaim(JsonElement claim)
    {
        var kind = (IdentifierKind)claim.GetProperty("kind").GetInt32();
        var (text, country) = (claim.GetProperty("text").GetString()!, claim.GetProperty("country").GetString()!);
        var hashed = (HashedFields)claim.GetProperty("hashed").GetInt32();
        var parser = Parser(claim);
        var alias = new Alias(kind, new AliasDigest(claim.GetProperty("digest").GetGuid()));
        return new IdentifierClaim(alias, text, country, hashed, claim.GetProperty("at").GetDateTimeOffset())
        {
            Parser = parser == 0 ? IdentifierReader.OlderParserVersion : parser,
            Canonical = parser == 0 ? OlderParser.Canonical(kind, text, country, hashed) : Canonical(claim, "canonical", text),
        };
    }

    private static short Parser(JsonElement held) => held.TryGetProperty("parser", out var parser) ? parser.GetInt16() : (short)0;

    // A text that is its own canonical form is not written twice.
    private static void WriteCanonical(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? canonical, string? text)
    {
        if (canonical != text)
        {
            json.WriteString(name, canonical);
        }
    }

    private static string? Canonical(JsonElement held, string name, string? text) =>
        held.TryGetProperty(name, out var value) ? value.GetString() : text;

    private static void WriteDetails(Utf8JsonWriter json, PersonDetails? details)
    {
        if (details is not null)
        {
            json.WritePropertyName("details"u8);
            JsonSerializer.Serialize(json, details);
        }
    }

    private static PersonDetails? Details(JsonElement root) =>
        root.TryGetProperty("details", out var details) ? details.Deserialize<PersonDetails>() : null;

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
}
