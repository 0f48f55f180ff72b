namespace AudienceSync.Host.Requests;

/// <summary>
/// The separator of the columns of a list. It is never guessed: an id may contain any of the others, and a guess would suppress someone
/// else.
/// </summary>
internal static class ListDelimiter
{
    public const char Default = ',';

    private static readonly (string Name, char Delimiter)[] Known = [("comma", ','), ("semicolon", ';'), ("tab", '\t'), ("pipe", '|')];

    /// <summary>By its name or as itself.</summary>
    public static bool TryRead(string text, out char delimiter)
    {
        var found = Array.Find(Known, known => text == known.Name || (text.Length == 1 && text[0] == known.Delimiter));
        delimiter = found.Delimiter;
        return found.Name is not null;
    }

    /// <summary>The name of the delimiter by which a header that is one column would be several; null when none would.</summary>
    public static string? Suggest(string header, Func<string, bool> isColumn) =>
        Array
            .Find(Known, known => header.Contains(known.Delimiter, StringComparison.Ordinal) && header.Split(known.Delimiter).Any(isColumn))
            .Name;
}
