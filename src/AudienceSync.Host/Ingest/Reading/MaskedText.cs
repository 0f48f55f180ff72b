using System.Text;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// An identifier as it may be shown: enough to recognize one's own test data, too little to reach or find a person.
/// </summary>
internal static class MaskedText
{
    private const string Rest = "***";

    /// <summary>The first letter of the mailbox and of the domain, and the last label: <c>a***@e***.com</c>.</summary>
    public static string Email(string text)
    {
        var at = text.LastIndexOf('@');
        if (at <= 0)
        {
            return Other(text);
        }

        var domain = text[(at + 1)..];
        var dot = domain.LastIndexOf('.');
        return $"{First(text)}{Rest}@{First(domain)}{Rest}{(dot > 0 ? domain[dot..] : "")}";
    }

    /// <summary>The first two characters and the last two digits of a number that is long enough: <c>+1***23</c>.</summary>
    public static string Phone(string text) => text.Length >= 8 ? $"{text[..2]}{Rest}{text[^2..]}" : Other(text);

    /// <summary>The first letter.</summary>
    public static string Other(string text) => First(text) + Rest;

    private static string First(string text) => text.EnumerateRunes().Select(rune => rune.ToString()).FirstOrDefault(string.Empty);
}
