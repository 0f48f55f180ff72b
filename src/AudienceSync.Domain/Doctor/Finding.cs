namespace AudienceSync.Domain.Doctor;

/// <summary>What was measured: a count, or a name of the configuration, a code or a day. Never anything of a person.</summary>
/// <param name="Name">For example <c>adds</c>.</param>
/// <param name="Count">The count; null for a text.</param>
/// <param name="Text">The text; null for a count.</param>
public readonly record struct FindingFact(string Name, long? Count, string? Text)
{
    public FindingFact(string name, long count)
        : this(name, count, Text: null) { }

    public FindingFact(string name, string text)
        : this(name, Count: null, text) { }
}

/// <summary>A misconfiguration that was found.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Subject">Where: a source, an audience, a key, a remote audience or an ad account.</param>
/// <param name="Evidence">What was measured.</param>
public sealed record Finding(FindingKind Kind, string Subject, IReadOnlyList<FindingFact> Evidence);
