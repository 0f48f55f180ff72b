using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Ingest;

/// <summary>Reads <c>context: {journey, step, variant, message}</c>. Anything else in it never reaches the store.</summary>
internal static class ContextField
{
    public static IngestProblem? TryRead(JsonElement item, out JourneyContext? context)
    {
        context = null;
        if (!item.TryGetProperty("context"u8, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return IngestProblem.InvalidContext;
        }

        var wrongJourney = Field(value, "journey"u8, out var journey);
        var wrongStep = Field(value, "step"u8, out var step);
        var wrongVariant = Field(value, "variant"u8, out var variant);
        var wrongMessage = Field(value, "message"u8, out var message);
        if ((wrongJourney ?? wrongStep ?? wrongVariant ?? wrongMessage) is { } problem)
        {
            return problem;
        }

        context = journey is null && step is null && variant is null && message is null
            ? null
            : new JourneyContext(journey, step, variant, message);
        return null;
    }

    private static IngestProblem? Field(JsonElement context, ReadOnlySpan<byte> name, out string? text) =>
        TextField.TryRead(context, name, Limits.ContextChars, IngestProblem.InvalidContext, out text);
}
