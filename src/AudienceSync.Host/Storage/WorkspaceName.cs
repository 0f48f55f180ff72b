using System.Text.RegularExpressions;

namespace AudienceSync.Host.Storage;

/// <summary>A tenant. Its name becomes a schema's name, so what it may hold is checked here and nowhere else.</summary>
public readonly partial record struct WorkspaceName
{
    public WorkspaceName(string value)
    {
        if (!IsName(value))
        {
            throw new ArgumentException("A workspace is named by up to 40 lower case letters, digits and underscores, a letter first.", nameof(value));
        }

        Value = value;
    }

    public string Value { get; }

    /// <summary>Whether a workspace can be named so.</summary>
    public static bool IsName(string value) => Allowed().IsMatch(value);

    public string Schema => "ws_" + Value;

    public override string ToString() => Value;

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();
}
