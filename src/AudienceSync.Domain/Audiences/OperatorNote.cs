namespace AudienceSync.Domain.Audiences;

/// <summary>The author and the reason that are stored with an operation: one rule for audiences, pauses, plans and resyncs.</summary>
public static class OperatorNote
{
    public const int ByChars = 100;

    public const int WhyChars = 500;

    /// <summary>Whether they can be stored unchanged.</summary>
    public static bool Fit(string by, string? why) => by.Length > 0 && FitsIn(by, ByChars) && FitsIn(why, WhyChars);

    /// <summary>Whether a text is short enough and can be stored; one with a NUL cannot.</summary>
    internal static bool FitsIn(string? text, int maxChars) =>
        text is null || (text.Length <= maxChars && !text.Contains('\0', StringComparison.Ordinal));
}
