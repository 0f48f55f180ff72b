using System.Text.RegularExpressions;

namespace AudienceSync.Host.EventStore;

/// <summary>The name of a tenant. It becomes a schema name, so it is validated here and nowhere else.</summary>
public readonly partial record struct WorkspaceName
{
    public WorkspaceName(string value)
    {
        if (!IsName(value))
        {
            throw new ArgumentException(
                "A workspace name has up to 40 lowercase letters, digits and underscores, and starts with a letter.",
                nameof(value)
            );
        }

        Value = value;
    }

    public string Value { get; }

    /// <summary>Whether the text is a valid workspace name.</summary>
    public static bool IsName(string value) => Allowed().IsMatch(value);

    public string Schema => "ws_" + Value;

    public override string ToString() => Value;

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();
}
