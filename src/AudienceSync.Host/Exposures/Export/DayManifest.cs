using System.Text.Json;
using System.Text.Json.Serialization;

namespace AudienceSync.Host.Exposures.Export;

/// <summary>A file of a day.</summary>
internal sealed record ManifestFile(string File, long Rows, long FirstPosition, long LastPosition, string Sha256);

/// <summary>The files of a day that is exported as a whole.</summary>
internal sealed record DayManifest(
    int Schema,
    string Workspace,
    DateOnly Day,
    string Format,
    long FirstPosition,
    long LastPosition,
    long Rows,
    IReadOnlyList<ManifestFile> Files
)
{
    /// <summary>Its name in the folder of the day.</summary>
    public const string Name = "_manifest.json";

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Form);

    /// <summary>Null when it is not a manifest.</summary>
    public static DayManifest? Read(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<DayManifest>(json, Form);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
