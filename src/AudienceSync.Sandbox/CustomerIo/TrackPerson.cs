using System.Text.Json;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>An attribute with the time that orders it, in unix seconds.</summary>
internal sealed record TrackAttribute(JsonElement Value, long Timestamp);

/// <summary>A person of one workspace.</summary>
internal sealed class TrackPerson(string cioId)
{
    public string CioId => cioId;

    public string? Id { get; set; }

    public string? Email { get; set; }

    public string? Phone { get; set; }

    public SortedDictionary<string, TrackAttribute> Attributes { get; } = new(StringComparer.Ordinal);

    public List<TrackEvent> Events { get; } = [];

    public IEnumerable<Identifier> Identifiers =>
        new (IdentifierKind Kind, string? Value)[]
        {
            (IdentifierKind.CioId, CioId),
            (IdentifierKind.Id, Id),
            (IdentifierKind.Email, Email),
            (IdentifierKind.Phone, Phone),
        }
            .Where(name => name.Value is not null)
            .Select(name => Identifier.Of(name.Kind, name.Value!));

    public void Set(Identifier name)
    {
        switch (name.Kind)
        {
            case IdentifierKind.Id:
                Id = name.Value;
                break;
            case IdentifierKind.Email:
                Email = name.Value;
                break;
            case IdentifierKind.Phone:
                Phone = name.Value;
                break;
            default:
                break;
        }
    }
}
