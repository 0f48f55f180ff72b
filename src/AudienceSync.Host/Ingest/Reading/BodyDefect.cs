using System.Text.Json;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// What is wrong with an event some of whose fields cannot be read: they were replaced by <see cref="Unreadable"/>, or have a name that no
/// field has. A removal that needs none of them is applied, with a warning; anything else is refused.
/// </summary>
/// <param name="Problem">The refusal, and the warning.</param>
/// <param name="Twice">What it has twice. A needed field that is there once and cannot be read is like any other value of no use: a removal
/// holds without it, or is refused by the reader of that field. Of a field that is there twice one may be right: a guess could remove
/// somebody else.</param>
public sealed record BodyDefect(IngestProblem Problem, NeededFields Twice)
{
    /// <summary>The JSON text that stands for a value that cannot be read: half of a surrogate pair, which no reader takes.</summary>
    public static ReadOnlySpan<byte> Unreadable => "\"\\ud800\""u8;

    /// <summary>Whether it is impossible to know which removal was meant.</summary>
    public bool IsAmbiguous(JsonElement item) =>
        Twice.HasFlag(NeededFields.Always) || (Twice.HasFlag(NeededFields.WithoutPerson) && !HasPersonObject(item));

    /// <summary>Which need the field has.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isOfPerson">Whether it is a field of <c>person</c>, and not of the event.</param>
    public static NeededFields Of(string name, bool isOfPerson) =>
        (name, isOfPerson) switch
        {
            ("customer_id" or "email" or "phone" or "id", true) or ("occurred_at" or "person", false) => NeededFields.Always,
            ("customer_id" or "email" or "phone", false) => NeededFields.WithoutPerson,
            _ => NeededFields.None,
        };

    private static bool HasPersonObject(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("person"u8, out var person)
        && person.ValueKind == JsonValueKind.Object;
}
