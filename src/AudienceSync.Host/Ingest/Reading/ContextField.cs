using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Reads <c>context: {journey, step, variant, message}</c>. Any other field in it never reaches the store. No event needs it, so any of its
/// fields that cannot be read is left out with a warning, independently of the others.
/// </summary>
internal static class ContextField
{
    public static JourneyContext? Read(JsonElement item, ref WarningList warnings)
    {
        if (!item.TryGetProperty("context"u8, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            warnings.Add(FieldFaults.Context, "context");
            return null;
        }

        var journey = Field(value, "journey"u8, "context.journey", ref warnings);
        var step = Field(value, "step"u8, "context.step", ref warnings);
        var variant = Field(value, "variant"u8, "context.variant", ref warnings);
        var message = Field(value, "message"u8, "context.message", ref warnings);
        return journey is null && step is null && variant is null && message is null
            ? null
            : new JourneyContext(journey, step, variant, message);
    }

    private static string? Field(JsonElement context, ReadOnlySpan<byte> name, string path, ref WarningList warnings)
    {
        if (TextField.TryRead(context, name, Limits.ContextChars, FieldFaults.Context, out var text) is { } wrong)
        {
            warnings.Add(wrong, path);
        }

        return text;
    }
}
