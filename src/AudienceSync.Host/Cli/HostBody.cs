using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AudienceSync.Host.Cli;

/// <summary>Bodies of requests to the Host; what is null is left out.</summary>
internal static class HostBody
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string Text(object body) => JsonSerializer.Serialize(body, Options);

    public static StringContent Of(object body) => new(Text(body), Encoding.UTF8, "application/json");
}
