using System.Text;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest;

namespace AudienceSync.Host.Privacy.Erasure;

/// <summary>
/// Tells whether a body names a person: each text of it, wherever it stands, is read as every kind of identifier and looked for among his aliases.
/// A form is read as the JSON it stands for; a body that is neither is read word by word, as it is and unescaped. Without his aliases nobody could tell, so it runs before they go.
/// </summary>
public sealed class BodySearch(IReadOnlySet<AliasDigest> aliases, IReadOnlyCollection<string> countries, AliasDigester digester)
{
    private static readonly HashedFields[] Forms = [HashedFields.None, HashedFields.EmailSha256 | HashedFields.PhoneSha256Digits, HashedFields.PhoneSha256E164];

    private static readonly char[] Ends = ['"', '\'', ',', ';', '{', '}', '[', ']', '<', '>', '&', '=', '\\', ' ', '\t', '\r', '\n'];

    public bool Names(byte[] body)
    {
        try
        {
            using var kept = BodyJson.Reopen(body);
            using var document = JsonDocument.Parse(kept.Json);
            return Names(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            var text = Encoding.UTF8.GetString(body);
            return NamesInWords(text) || NamesInWords(Uri.UnescapeDataString(text.Replace('+', ' ')));
        }
    }

    private bool NamesInWords(string text) => text.Split(Ends, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(Names);

    private bool Names(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(field => Names(field.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(Names),
        JsonValueKind.String => Names(value.GetString()!),
        JsonValueKind.Number => Names(value.GetRawText()),
        _ => false,
    };

    private bool Names(string text) => text.Length is > 0 and <= Limits.EmailChars && Read(text).Any(aliases.Contains);

    private IEnumerable<AliasDigest> Read(string text)
    {
        var read = new List<(IdentifierKind, string?)> { (IdentifierKind.CustomerId, AliasText.CustomerId(text)) };
        foreach (var form in Forms)
        {
            read.Add((IdentifierKind.Email, AliasText.Email(text, form)));
            read.AddRange(countries.Select(country => (IdentifierKind.Phone, AliasText.Phone(text, country, form))));
        }

        return read.Where(one => one.Item2 is not null).Select(one => digester.Digest(one.Item1, one.Item2!).Digest);
    }
}
